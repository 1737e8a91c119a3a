//! A measurement as the API, the command line and the desk write it: amounts and ratios as decimals in text.

use std::collections::BTreeMap;

use escalation::metrics::{
    Cause, Contacts, Cost, Costly, CurrencyMetrics, Figure, Metric, Metrics, PromisesEnded, Rolls, share,
};
use escalation::{Currency, Date, Money};
use serde::Serialize;
use utoipa::ToSchema;

use super::agencies::{AgenciesView, agencies};
use crate::api::narrate::count;
use crate::api::timeline::moment;
use crate::web::gauge::Measured;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Metrics)]
pub struct MetricsView {
    #[serde(flatten)]
    pub period: PeriodMetricsView,
    /// The period of the same length right before.
    pub previous: PeriodMetricsView,
    /// Hub time at which measuring began.
    pub measured_at: String,
    /// What each figure is.
    pub formulas: Vec<FormulaView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MetricsFormula)]
pub struct FormulaView {
    /// As in `figures` and `calls`.
    pub key: String,
    pub title: String,
    pub unit: String,
    pub formula: String,
    pub source: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PeriodMetrics)]
pub struct PeriodMetricsView {
    /// The evening on which the period begins.
    pub from: String,
    /// The evening on which it ends.
    pub as_of: String,
    pub days: i32,
    /// `due-date` or `invoice-date`.
    pub aging_by: String,
    /// Known at the end.
    pub accounts: u64,
    /// Left out everywhere: nothing can be told of them any more.
    pub erased: u64,
    /// Left out everywhere: their events cannot be read.
    pub unreadable: u64,
    /// The day of the first event on record.
    pub record_begins: Option<String>,
    /// What to know when reading the figures, a sentence each.
    pub notes: Vec<String>,
    pub currencies: Vec<CurrencyMetricsView>,
    pub contacts: ContactsView,
    /// Metrics of calls, of all accounts together.
    pub calls: BTreeMap<String, FigureView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CurrencyMetrics)]
pub struct CurrencyMetricsView {
    pub currency: String,
    pub open: String,
    pub current: String,
    pub past_due: String,
    pub unapplied: String,
    pub credit: String,
    /// Open, less unapplied and credit.
    pub net: String,
    pub open_at_begin: String,
    pub sales: String,
    pub invoices: u64,
    pub paid: String,
    /// Their sum is `open`.
    pub aging: Vec<AgingView>,
    pub figures: BTreeMap<String, FigureView>,
    pub rolls: Vec<RollView>,
    pub promises: PromisesView,
    pub agencies: AgenciesView,
    /// Disputes of the period, by reason.
    pub causes: Vec<CauseView>,
    /// None: prices are not configured.
    pub cost: Option<CostView>,
    /// Dearest first, at most 20.
    pub costliest: Vec<CostlyView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgingOnDay)]
pub struct AgingView {
    #[schema(example = "31 to 60 days")]
    pub bucket: String,
    pub open: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Figure)]
pub struct FigureView {
    /// Rounded once, half away from zero; null where there is none.
    pub value: Option<String>,
    pub unit: String,
    /// The same as a fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of the money of a bucket, between the two evenings.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Roll)]
pub struct RollView {
    pub bucket: String,
    pub at_begin: String,
    pub settled: String,
    /// Of it, still open: by bucket of the end; only where there is something.
    pub open: Vec<AgingView>,
    /// Settled / at the begin.
    pub settled_rate: FigureView,
    /// In the next bucket at the end, newer invoices included / in this one at the begin: as roll rates are usually
    /// written. It says most when the period is as long as a bucket is wide. Null for the last bucket.
    pub roll_rate: Option<FigureView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PromisesEnded)]
pub struct PromisesView {
    pub kept: u64,
    pub kept_amount: String,
    pub partly_kept: u64,
    pub partly_kept_amount: String,
    pub partly_kept_received: String,
    pub broken: u64,
    pub broken_amount: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Contacts)]
pub struct ContactsView {
    pub emails: u64,
    pub sms: u64,
    pub letters: u64,
    pub registered_letters: u64,
    pub dials: u64,
    pub connects: u64,
    pub right_party: u64,
    pub promises: u64,
    pub abandoned: u64,
    /// Calls with a disposition that is not known: dials, and nothing else.
    pub unknown: u64,
}

/// What was disputed for one reason, and credited because the debtor was right.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CauseOfDisputes)]
pub struct CauseView {
    pub reason: String,
    pub disputes: u64,
    pub disputed: String,
    pub credited: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CostToServe)]
pub struct CostView {
    pub contacts: String,
    pub financing: String,
    pub commission: String,
    pub total: String,
    /// Of the period's sales; none: not configured.
    pub margin: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostlyView {
    pub account: String,
    pub name: String,
    #[serde(flatten)]
    pub cost: CostView,
}

pub fn full(measured: &Measured) -> MetricsView {
    let formula = |metric: &Metric| FormulaView {
        key: metric.key().to_owned(),
        title: metric.title().to_owned(),
        unit: metric.unit().as_str().to_owned(),
        formula: metric.formula().to_owned(),
        source: metric.source().to_owned(),
    };
    MetricsView {
        period: period(&measured.now, measured.at.date()),
        previous: period(&measured.before, measured.at.date()),
        measured_at: moment(measured.at),
        formulas: Metric::ALL.iter().map(formula).collect(),
    }
}

fn period(metrics: &Metrics, today: Date) -> PeriodMetricsView {
    let period = &metrics.setup.period;
    PeriodMetricsView {
        from: period.from().to_string(),
        as_of: period.as_of().to_string(),
        days: period.days(),
        aging_by: metrics.setup.basis.as_str().to_owned(),
        accounts: metrics.accounts,
        erased: metrics.erased,
        unreadable: metrics.unreadable,
        record_begins: metrics.first.map(|day| day.to_string()),
        notes: notes(metrics, today),
        currencies: metrics.currencies.iter().map(|one| currency(metrics, one)).collect(),
        contacts: contacts(&metrics.contacts),
        calls: named(&metrics.calls),
    }
}

fn notes(metrics: &Metrics, today: Date) -> Vec<String> {
    let mut notes = Vec::new();
    let as_of = metrics.setup.period.as_of();
    if as_of > today {
        notes.push(format!("{as_of} has not come yet: it is shown as if nothing happened until then"));
    }
    let left_out = |n: u64, why: &str| format!("{} left out everywhere: {why}", count(n as usize, "account"));
    if metrics.erased > 0 {
        notes.push(left_out(metrics.erased, "erased, nothing can be told of them any more"));
    }
    if metrics.unreadable > 0 {
        notes.push(left_out(metrics.unreadable, "events cannot be read; `dunlin verify` says which"));
    }
    if let Some(first) = metrics.first.filter(|first| *first > metrics.setup.period.from()) {
        notes.push(format!(
            "the record begins on {first}, within the period: before it nothing is known but what invoices say of themselves"
        ));
    }
    if metrics.setup.costs.is_none() {
        notes.push("no prices are configured: what it costs to serve a customer is not shown".to_owned());
    }
    if metrics.contacts.calls.unknown > 0 {
        let calls = count(metrics.contacts.calls.unknown as usize, "call");
        notes.push(format!("{calls} ended with a disposition that is not known, and count as dials only"));
    }
    notes
}

fn currency(metrics: &Metrics, one: &CurrencyMetrics) -> CurrencyMetricsView {
    let (setup, position) = (&metrics.setup, &one.position);
    let write = |minor: i128| plain(minor, one.currency);
    let names = setup.edges.names(setup.basis);
    CurrencyMetricsView {
        currency: one.currency.to_string(),
        open: write(position.open()),
        current: write(position.current),
        past_due: write(position.past_due()),
        unapplied: write(position.unapplied),
        credit: write(position.credit),
        net: write(position.net()),
        open_at_begin: write(position.open_at_begin),
        sales: write(position.sales),
        invoices: position.invoices,
        paid: write(position.paid),
        aging: names
            .into_iter()
            .zip(&position.aging)
            .map(|(bucket, open)| AgingView { bucket, open: write(*open) })
            .collect(),
        figures: named(&one.figures),
        rolls: rolls(&position.rolls, &setup.edges.names(Default::default()), one.currency),
        promises: promises(&position.promises, one.currency),
        agencies: agencies(position, one.currency),
        causes: position.causes.iter().map(|(reason, one_cause)| cause(reason, one_cause, one.currency)).collect(),
        cost: one.cost.as_ref().map(cost),
        costliest: one.costliest.iter().map(costly).collect(),
    }
}

fn rolls(rolls: &Rolls, names: &[String], currency: Currency) -> Vec<RollView> {
    let mut views = Vec::with_capacity(names.len());
    for (n, ((bucket, begin), moved)) in names.iter().zip(&rolls.begin).zip(&rolls.moved).enumerate() {
        let settled = begin - moved.iter().sum::<i128>();
        let still = names.iter().zip(moved).filter(|(_, open)| **open != 0);
        views.push(RollView {
            bucket: bucket.clone(),
            at_begin: plain(*begin, currency),
            settled: plain(settled, currency),
            open: still
                .map(|(bucket, open)| AgingView { bucket: bucket.clone(), open: plain(*open, currency) })
                .collect(),
            settled_rate: figure(&share(settled, *begin)),
            roll_rate: rolls.end.get(n + 1).map(|next| figure(&share(*next, *begin))),
        });
    }
    views
}

fn promises(ended: &PromisesEnded, currency: Currency) -> PromisesView {
    PromisesView {
        kept: ended.kept,
        kept_amount: plain(ended.kept_amount, currency),
        partly_kept: ended.partly_kept,
        partly_kept_amount: plain(ended.partly_kept_amount, currency),
        partly_kept_received: plain(ended.partly_kept_received, currency),
        broken: ended.broken,
        broken_amount: plain(ended.broken_amount, currency),
    }
}

fn cause(reason: &str, cause: &Cause, currency: Currency) -> CauseView {
    let (disputed, credited) = (plain(cause.disputed, currency), plain(cause.credited, currency));
    CauseView { reason: reason.to_owned(), disputes: cause.disputes, disputed, credited }
}

fn contacts(contacts: &Contacts) -> ContactsView {
    let calls = &contacts.calls;
    ContactsView {
        emails: contacts.emails,
        sms: contacts.sms,
        letters: contacts.letters,
        registered_letters: contacts.registered_letters,
        dials: calls.dials,
        connects: calls.connects,
        right_party: calls.right_party,
        promises: calls.promises,
        abandoned: calls.abandoned,
        unknown: calls.unknown,
    }
}

fn costly(costly: &Costly) -> CostlyView {
    CostlyView { account: costly.account.to_string(), name: costly.name.clone(), cost: cost(&costly.cost) }
}

fn cost(cost: &Cost) -> CostView {
    CostView {
        contacts: cost.contacts.plain(),
        financing: cost.financing.plain(),
        commission: cost.commission.plain(),
        total: cost.total.plain(),
        margin: cost.margin.map(|margin| margin.plain()),
    }
}

fn named(figures: &BTreeMap<Metric, Figure>) -> BTreeMap<String, FigureView> {
    figures.iter().map(|(metric, known)| (metric.key().to_owned(), figure(known))).collect()
}

pub(super) fn figure(figure: &Figure) -> FigureView {
    FigureView {
        value: figure.decimal(),
        unit: figure.unit.as_str().to_owned(),
        exact: figure.value.as_ref().ok().map(|ratio| ratio.exact()),
        reason: figure.value.as_ref().err().map(|why| (*why).to_owned()),
    }
}

/// Beyond what can be kept of one amount, the largest that can.
pub fn plain(minor: i128, currency: Currency) -> String {
    let most = if minor < 0 { i64::MIN } else { i64::MAX };
    Money::new(i64::try_from(minor).unwrap_or(most), currency).plain()
}
