//! Connectors against the systems themselves, over the whole road: the component in its sandbox, the way out, the engine, the store.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use engine::Engine;
use escalation::report::Report;
use escalation::{Account, AccountId, Received};
use serde_json::{Value, json};
use server::clock::SystemClock;
use server::config::Config;

use crate::workspace;

/// A hub that runs one connector beside the bundled file plugins.
struct Hub {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Hub {
    /// `address` is `URL KEY`, as CI hands it over.
    async fn with(plugin: &str, address: &str, config: &str) -> Self {
        let folder = workspace::fresh();
        let (url, key) = address.split_once(' ').expect("an address and a key");
        std::fs::write(folder.path().join("key"), key).unwrap();
        let file = format!(
            "plugin = \"{plugin}\"\n[connections.api]\nurl = \"{url}\"\nallow = [\"127.0.0.1/32\"]\nauth = \"bearer\"\n\
             secret = {{ file = \"key\" }}\n[config]\n{config}"
        );
        std::fs::write(folder.path().join(format!("plugins/{plugin}.toml")), file).unwrap();
        let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
        let clock = Arc::new(SystemClock::new(config.zone.clone()));
        let engine = server::start::start(&config, clock).await.unwrap().engine;
        Self { folder, engine }
    }

    async fn accounts(&self) -> Vec<Account> {
        let mut accounts = Vec::new();
        for id in self.engine.store.account_ids(None, 1_000).await.unwrap() {
            accounts.push(self.account(&id).await);
        }
        accounts
    }

    async fn account(&self, id: &AccountId) -> Account {
        self.engine.store.account(id).await.unwrap().unwrap().0
    }

    /// Nothing that a connector did leaves a person with a question.
    async fn is_calm(&self) {
        let counts = self.engine.store.counts().await.unwrap();
        assert_eq!(counts.quarantined, 0);
    }
}

fn named<'a>(accounts: &'a [Account], name: &str) -> &'a Account {
    accounts.iter().find(|account| account.debtor.name == name).unwrap_or_else(|| panic!("{name} is not there"))
}

fn open(account: &Account) -> Vec<String> {
    account.open_items().iter().map(|item| format!("{} {}", item.invoice.number, item.open)).collect()
}

fn curl(arguments: &[&str]) -> Value {
    let done = Command::new("curl").args(["--silent", "--fail-with-body"]).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{arguments:?}: {text}");
    serde_json::from_str(&text).unwrap()
}

fn address(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("`{variable}` says where it is, and the key"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Tryton: DUNLIN_TEST_TRYTON, as `tests/tryton/up FOLDER` tells it (address, blank, key)"]
async fn tryton_gives_its_invoices_and_takes_a_payment_once() {
    let address = address("DUNLIN_TEST_TRYTON");
    let hub = Hub::with("accounting-tryton", &address, "payment_method = \"Bank\"").await;
    hub.engine.turn().await.unwrap();
    hub.is_calm().await;
    let accounts = hub.accounts().await;
    let (dupont, kiosk) = (named(&accounts, "Dupont et Fils SARL"), named(&accounts, "Kiosk am Eck"));
    assert_eq!(open(dupont), ["2 800.00 EUR", "7 410.10 EUR"], "5 is paid, 6 was cancelled");
    assert_eq!(open(kiosk), ["3 139.00 EUR"]);
    assert_eq!((dupont.debtor.country.as_str(), dupont.debtor.language.as_str()), ("FR", "fr"));

    // Money that the bank tells of is booked in Tryton, once.
    let payment = json!({
        "id": "bank-1", "amount": { "minor": 13_900, "currency": "EUR" }, "account": "DE02", "booked_on": today(), "value_on": today(),
        "payer_name": "Kiosk am Eck", "payer_account": null, "references": [], "end_to_end_id": null, "bank_reference": null,
        "text": "", "reason": null,
    });
    let payments = serde_json::from_value(json!([payment])).unwrap();
    let source = json!({ "key": "bank-1", "document": "statement", "occurred_on": today() });
    let received =
        Received { source: serde_json::from_value(source).unwrap(), report: Report::PaymentsReceived { payments } };
    hub.engine.accept("bank", vec![received]).await.unwrap();
    hub.engine.turn().await.unwrap();
    assert_eq!(open(&hub.account(&kiosk.id).await), Vec::<String>::new());
    assert_eq!(to_pay(&address, "3"), "0");
    hub.engine.turn().await.unwrap();
    assert_eq!(bookings(&address), 1, "it is booked once");
    hub.is_calm().await;
}

fn to_pay(address: &str, number: &str) -> String {
    let (url, key) = address.split_once(' ').unwrap();
    let header = format!("Authorization: bearer {key}");
    let rows = curl(&["-H", &header, &format!("{url}/rest/model/account.invoice?f=number&f=amount_to_pay")]);
    let row = rows.as_array().unwrap().iter().find(|row| row["number"] == number).unwrap();
    row["amount_to_pay"]["decimal"].as_str().unwrap().to_owned()
}

/// Moves that carry a key of ours.
fn bookings(address: &str) -> usize {
    let (url, key) = address.split_once(' ').unwrap();
    let header = format!("Authorization: bearer {key}");
    let rows = curl(&["-H", &header, &format!("{url}/rest/model/account.move?f=description")]);
    let ours = |row: &&Value| row["description"].as_str().is_some_and(|text| text.contains("dunlin "));
    rows.as_array().unwrap().iter().filter(ours).count()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Stripe's stand-in: DUNLIN_TEST_STRIPE, as `tests/stripe/up FOLDER` prints it"]
async fn stripe_tells_of_a_payment_and_of_its_return() {
    let url = address("DUNLIN_TEST_STRIPE");
    let hub = Hub::with("gateway-stripe", &format!("{url} sk_test_0123456789"), "live = false").await;
    let inbox = hub.folder.path().join("exchange/invoices");
    std::fs::create_dir_all(&inbox).unwrap();
    let invoice = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents/invoice.xml");
    std::fs::copy(invoice, inbox.join("a.xml")).unwrap();
    hub.engine.turn().await.unwrap();
    let open_now = async || hub.accounts().await.iter().flat_map(open).collect::<Vec<_>>();
    assert_eq!(open_now().await, ["INV-1 1190.00 EUR"]);

    let ask = |target: &str, fields: &[&str]| ask(&url, target, fields);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let card = ["card[number]=4242424242424242", "card[exp_month]=12", "card[exp_year]=2031", "card[cvc]=123"];
    let card = id(&ask("payment_methods", &[&["type=card"][..], &card].concat()));
    let customer = id(&ask("customers", &["name=Bakery"]));
    ask(&format!("payment_methods/{card}/attach"), &[&format!("customer={customer}")]);
    let (customer, source) = (format!("customer={customer}"), format!("source={card}"));
    let charge = ["amount=119000", "currency=eur", &customer, &source, "metadata[invoice]=INV-1"];
    let charge = id(&ask("charges", &charge));
    hub.engine.turn().await.unwrap();
    assert_eq!(open_now().await, Vec::<String>::new());

    ask("refunds", &[&format!("charge={charge}")]);
    hub.engine.turn().await.unwrap();
    assert_eq!(open_now().await, ["INV-1 1190.00 EUR"], "given back: it is owed again");
    hub.engine.turn().await.unwrap();
    assert_eq!(open_now().await, ["INV-1 1190.00 EUR"], "and once only");
    hub.is_calm().await;
}

/// A form to the stand-in, as a shop would send it.
fn ask(url: &str, target: &str, fields: &[&str]) -> Value {
    let target = format!("{url}/v1/{target}");
    let mut arguments = vec!["-u", "sk_test_0123456789:", target.as_str()];
    for field in fields {
        arguments.extend(["-d", field]);
    }
    curl(&arguments)
}

fn today() -> String {
    let done = Command::new("date").arg("+%F").output().unwrap();
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_connector_that_is_not_set_up_is_not_run() {
    let folder = workspace::fresh();
    for plugin in [
        "accounting-tryton",
        "agency-debitura",
        "agency-ygc",
        "dialer-asterisk",
        "dialer-twilio",
        "dialer-vicidial",
        "gateway-gocardless",
        "gateway-stripe",
        "messenger-twilio-sms",
        "notifier-chat",
    ] {
        let text = std::fs::read_to_string(folder.path().join(format!("plugins/{plugin}.toml"))).unwrap();
        assert!(text.contains("enabled = false"), "{plugin}");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../plugins/{plugin}/README.md")).is_file());
    }
}
