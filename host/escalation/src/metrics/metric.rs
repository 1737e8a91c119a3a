//! The metrics: what each is called, its unit, its formula and where that comes from. The formula here is the one that the
//! desk and the API show.

/// What a figure counts, and how it is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// To a hundredth of a day.
    Days,
    /// Hundredths of a percent; 100 is the whole.
    Percent,
    /// Times in the period, to a hundredth.
    Times,
}

impl Unit {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Percent => "percent",
            Self::Times => "times",
        }
    }

    /// Decimals that are written.
    pub fn places(self) -> u32 {
        2
    }
}

macro_rules! metrics {
    ($($name:ident $key:literal $title:literal $unit:ident $formula:literal $source:literal;)*) => {
        /// Every metric. All of open, sales and payments are of one currency.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $(
                #[doc = $title]
                #[doc = ""]
                #[doc = $formula]
                #[doc = ""]
                #[doc = concat!("Source: ", $source, ".")]
                $name,
            )*
        }

        impl Metric {
            pub const ALL: &'static [Metric] = &[$(Metric::$name),*];

            /// The key in JSON.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }

            pub fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit),* }
            }

            pub fn formula(self) -> &'static str {
                match self { $(Self::$name => $formula),* }
            }

            /// Whose formula it is.
            pub fn source(self) -> &'static str {
                match self { $(Self::$name => $source),* }
            }
        }
    };
}

metrics! {
    Dso "dso" "DSO" Days
        "open at the end / credit sales of the period x days of the period"
        "usual definition";
    DsoCountback "dso_countback" "DSO, countback" Days
        "from the month of the day back: while what is open is at least a month's sales, take them off and add its days; then add the rest / that month's sales x its days"
        "usual definition, also called exhaustion";
    TrueDso "true_dso" "True DSO" Days
        "sum over open invoices of (days since the invoice date x open) / credit sales of the period"
        "usual definition, by invoice";
    BestPossibleDso "best_possible_dso" "Best possible DSO" Days
        "open and not past due at the end / credit sales of the period x days of the period"
        "usual definition";
    AverageDaysDelinquent "average_days_delinquent" "Average days delinquent" Days
        "DSO - best possible DSO"
        "usual definition";
    Cei "cei" "Collection effectiveness index" Percent
        "(open at the begin + credit sales - open at the end) / (open at the begin + credit sales - open and not past due at the end) x 100; 100 when nothing is past due"
        "Credit Research Foundation";
    Turnover "ar_turnover" "Receivables turnover" Times
        "credit sales of the period / average of what is open at its begin and its end"
        "usual definition";
    DaysToPay "average_days_to_pay" "Average days to pay" Days
        "sum of (paid x days from the invoice date to the booking) / sum of paid, over payments booked in the period that were not given back"
        "usual definition, weighted by amount";
    DaysPastDue "weighted_days_past_due" "Average days past due" Days
        "sum over open invoices of (open x days past due) / open and past due"
        "usual definition, weighted by amount";
    PastDueShare "past_due_share" "Past due" Percent
        "open and past due / open x 100"
        "usual definition";
    PromisesKept "promises_kept" "Promises kept" Percent
        "promises kept / (kept + broken) x 100, of those that ended in the period; partly kept ones are counted apart; superseded and cancelled ones are left out"
        "usual definition, by count";
    PromisedAmountKept "promised_amount_kept" "Promised money kept" Percent
        "amount of promises kept / amount of promises kept and broken x 100, of those that ended in the period"
        "usual definition, by amount";
    CureRate "cure_rate" "Cured" Percent
        "of what was past due at the begin, the part that is settled at the end x 100; an invoice does not become current again, so it is cured by being settled"
        "usual definition, by invoice";
    DisputeRate "dispute_rate" "Invoices disputed" Percent
        "invoices of the period that were ever disputed / invoices of the period x 100"
        "usual definition, by count";
    DisputedShare "disputed_share" "In dispute" Percent
        "amount in open disputes, at most what is open / open x 100"
        "usual definition, by amount";
    Liquidation "agency_liquidation" "Agency liquidation" Percent
        "(collected by agencies, reversals taken off, + paid directly meanwhile and not given back) / amount placed x 100; all placements to date that an agency did not reject"
        "usual definition, on all placements to date";
    Netback "agency_netback" "Agency netback" Percent
        "(collected + paid directly - commission on both) / amount placed x 100; a recall costs nothing that the record knows"
        "usual definition, on all placements to date";
    DaysToRecord "days_to_record" "Issue to record" Days
        "sum of days from the invoice date to the day on which the hub learned of it / invoices of the period"
        "our own";
    DaysToRelease "days_to_release" "Issue to release" Days
        "sum of days from the invoice date to the day on which the hub sent the invoice to the debtor / such invoices of the period; what the accounting package sends is not on record"
        "our own";
    RpcPerDial "right_party_per_dial" "Right party per dial" Percent
        "calls that reached the debtor in person / dials x 100"
        "usual definition; the denominator is dials";
    RpcPerConnect "right_party_per_connect" "Right party per connect" Percent
        "calls that reached the debtor in person / calls that an agent spoke with anybody on x 100"
        "usual definition; the denominator is live connects";
    PromiseRate "promise_rate" "Promise rate" Percent
        "calls that ended with a promise / calls that reached the debtor in person x 100"
        "usual definition";
    ContactRate "contact_rate" "Contact rate" Percent
        "calls that an agent spoke with anybody on / dials x 100"
        "usual definition";
    AbandonRate "abandon_rate" "Abandon rate" Percent
        "abandoned calls / (abandoned + calls that an agent spoke with anybody on) x 100, over all campaigns of the period"
        "the ratio of the Telemarketing Sales Rule and of Ofcom, which both count by campaign";
}
