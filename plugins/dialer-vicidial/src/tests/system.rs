//! A VICIdial as the tests play it: lists, hopper and call log, and the answers of the API in its own words.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};

pub type Fields = BTreeMap<String, String>;

#[derive(Default)]
pub struct State {
    pub leads: BTreeMap<u32, Fields>,
    /// Lead, time, seconds, status, user.
    pub log: Vec<(u32, String, u32, String, String)>,
    /// Lead, state.
    pub hopper: BTreeMap<u32, String>,
    pub dnc: BTreeSet<String>,
    pub now: String,
    pub epoch: i64,
}

#[derive(Clone, Default)]
pub struct System(pub Rc<RefCell<State>>);

impl System {
    /// At a quarter past eleven in Berlin.
    pub fn new() -> System {
        let system = System::default();
        system.clock("2026-03-02 11:15:00", 1_772_446_500);
        system
    }

    pub fn clock(&self, now: &str, epoch: i64) {
        let mut state = self.0.borrow_mut();
        (state.now, state.epoch) = (now.to_owned(), epoch);
    }

    pub fn listen(&self) -> Upstream {
        let system = self.clone();
        Upstream::new("api", move |asked| Ok(Answer::new(200, system.answer(asked))))
    }

    /// Answers as the system does, but for a function.
    pub fn listen_but(
        &self,
        function: &'static str,
        instead: impl Fn(String) -> Result<Answer, Failure> + 'static,
    ) -> Upstream {
        let system = self.clone();
        Upstream::new("api", move |asked| {
            let answer = system.answer(asked);
            if form(asked)["function"] == function { instead(answer) } else { Ok(Answer::new(200, answer)) }
        })
    }

    pub fn answer(&self, asked: &Asked) -> String {
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/non_agent_api.php"));
        let form = form(asked);
        assert!(form["user"] == "hub" && form["source"] == "dunlin" && !form.contains_key("pass"));
        match form["function"].as_str() {
            "version" => {
                let state = self.0.borrow();
                format!(
                    "VERSION: 2.14-192|BUILD: 241004-1|DATE: {}|EPOCH: {}|DST: 0|TZ: 1|TZNOW: 1|\n",
                    state.now, state.epoch
                )
            }
            "add_lead" => self.add(form),
            "update_lead" => self.update(&form),
            "lead_status_search" => self.search(&form),
            "phone_number_log" => self.log(&form),
            other => panic!("`{other}` is not played"),
        }
    }

    fn add(&self, mut form: Fields) -> String {
        let mut state = self.0.borrow_mut();
        let phone = form["phone_number"].clone();
        if form["list_id"] != "101" {
            return format!(
                "ERROR: add_lead NOT A DEFINED LIST ID, LIST EXISTS CHECK ENABLED - {phone}|{}\n",
                form["list_id"]
            );
        }
        if state.dnc.contains(&phone) {
            return format!("ERROR: add_lead PHONE NUMBER IN DNC - {phone}|hub\n");
        }
        let same = |lead: &Fields| form.contains_key("duplicate_check") && lead["phone_number"] == phone;
        if let Some((lead, _)) = state.leads.iter().find(|(_, lead)| same(lead)) {
            return format!("ERROR: add_lead DUPLICATE PHONE NUMBER IN LIST - {phone}|101|{lead}\n");
        }
        let lead = state.leads.len() as u32 + 8;
        form.insert("status".to_owned(), "NEW".to_owned());
        let mut told = format!("SUCCESS: add_lead LEAD HAS BEEN ADDED - {phone}|101|{lead}|1.00|hub\n");
        if form.contains_key("add_to_hopper") {
            state.hopper.insert(lead, "READY".to_owned());
            told += &format!("NOTICE: add_lead ADDED TO HOPPER - {phone}|{lead}|1|hub\n");
        }
        state.leads.insert(lead, form);
        told
    }

    fn update(&self, form: &Fields) -> String {
        let mut state = self.0.borrow_mut();
        let lead = match form["search_method"].as_str() {
            "LEAD_ID" => form["lead_id"].parse().ok().filter(|lead| state.leads.contains_key(lead)),
            "VENDOR_LEAD_CODE" => {
                let fits = |lead: &Fields| {
                    let is_there = form["search_location"] == "SYSTEM" || lead["list_id"] == form["list_id"];
                    is_there && lead["vendor_lead_code"] == form["vendor_lead_code"]
                };
                state.leads.iter().find(|(_, lead)| fits(lead)).map(|(lead, _)| *lead)
            }
            other => panic!("{other}"),
        };
        let is_asked_only = form.get("no_update").is_some_and(|yes| yes == "Y");
        let Some(lead) = lead else {
            let kind = if is_asked_only { "NOTICE" } else { "ERROR" };
            return format!("{kind}: update_lead NO MATCHES FOUND IN THE SYSTEM: |hub|||\n");
        };
        if is_asked_only {
            return format!(
                "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |hub|{lead}|{}||101|0\n",
                form["vendor_lead_code"]
            );
        }
        state.leads.get_mut(&lead).unwrap().insert("status".to_owned(), form["status"].clone());
        let told = format!(
            "SUCCESS: update_lead LEAD HAS BEEN UPDATED - hub|{lead}|1|0|0|\nNOTICE: update_lead SCHEDULED CALLBACK DELETED - hub|{lead}|0|0\n"
        );
        told + &match state.hopper.get(&lead).cloned() {
            None => format!("NOTICE: update_lead NOT REMOVED FROM HOPPER, LEAD IS NOT IN THE HOPPER - |{lead}|hub\n"),
            Some(busy) if busy == "INCALL" => {
                format!("NOTICE: update_lead NOT REMOVED FROM HOPPER - |{lead}|{busy}|hub\n")
            }
            Some(ready) => {
                state.hopper.remove(&lead);
                format!("NOTICE: update_lead REMOVED FROM HOPPER - |{lead}|{ready}|hub\n")
            }
        }
    }

    fn search(&self, form: &Fields) -> String {
        let state = self.0.borrow();
        let mut seen = BTreeSet::new();
        let mut told = String::new();
        for (lead, at, _, status, _) in state.log.iter().rev() {
            if status == &form["status"] && at.starts_with(&form["date"]) && seen.insert(lead) {
                told += &format!(";---------- START OF RECORD {} ----------\nlead_id => {lead}\n", seen.len());
                for (name, value) in &state.leads[lead] {
                    told += &format!("{name} => {value}\n");
                }
            }
        }
        match told.is_empty() {
            true => format!("ERROR: lead_status_search NO RESULTS FOUND: hub||{}|\n", form["status"]),
            false => told,
        }
    }

    fn log(&self, form: &Fields) -> String {
        assert_eq!((form.get("type").map_or("OUT", String::as_str), form.get("archived_lead")), ("OUT", None));
        let state = self.0.borrow();
        let mut told = String::new();
        for phone in form["phone_number"].split(',') {
            for (lead, at, seconds, status, user) in state.log.iter().rev() {
                let fields = &state.leads[lead];
                if fields["phone_number"] == phone {
                    let (now, source) = (&fields["status"], &fields["source_id"]);
                    told += &format!("{phone}|{at}|101|{seconds}|{now}|CALLER|{status}|{source}|{user}\n");
                }
            }
        }
        match told.is_empty() {
            true => "NOTICE: phone_number_log NO RECORDS FOUND FOR THIS PHONE NUMBER - hub|000000||\n".to_owned(),
            false => told,
        }
    }

    /// Somebody calls a lead.
    pub fn calls(&self, lead: u32, at: &str, status: &str, user: &str) {
        let mut state = self.0.borrow_mut();
        state.log.push((lead, at.to_owned(), 25, status.to_owned(), user.to_owned()));
        state.leads.get_mut(&lead).unwrap().insert("status".to_owned(), status.to_owned());
    }
}

/// The fields of a form.
pub fn form(asked: &Asked) -> Fields {
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    let text = asked.text();
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}
