//! What is copied: every table, in one place. A table that is missing here fails a test.

/// A table that both engines have; the tenant is its first column everywhere and is not listed.
pub struct Table {
    pub name: &'static str,
    /// Where its rows are read: the table, or a view of all of it.
    pub from: &'static str,
    pub columns: &'static [Column],
    pub way: Way,
    /// Which of its rows are meant, on both engines; empty: all of this creditor.
    pub only: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Rows only come, in the order of their numbers: most of it is copied while work goes on.
    Grows,
    /// As above, and a known row may change afterwards. Which did: a condition, with `?2` for the moment when copying began.
    GrowsAndChanges { changed: &'static str, again: &'static str },
    /// Copied as a whole when work has stopped, in this order where it matters.
    Whole { order: &'static str },
}

pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Bytes,
    /// The row's number in SQLite: what follows the journal knows its place by it.
    Number,
    /// The same in every row, as an expression of PostgreSQL; not compared.
    Fixed(&'static str),
}

impl Table {
    /// The number that its rows are read by in SQLite.
    pub fn number(&self) -> &'static str {
        let numbered = |column: &&Column| column.kind == Kind::Number;
        self.columns.iter().find(numbered).map_or("rowid", |column| column.name)
    }
}

impl Way {
    pub fn grows(self) -> bool {
        !matches!(self, Self::Whole { .. })
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

const fn int(name: &'static str) -> Column {
    Column { name, kind: Kind::Int }
}

const fn bytes(name: &'static str) -> Column {
    Column { name, kind: Kind::Bytes }
}

const fn fixed(name: &'static str, value: &'static str) -> Column {
    Column { name, kind: Kind::Fixed(value) }
}

const fn whole(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, from: name, columns, way: Way::Whole { order: "" }, only: "" }
}

/// A moment that is over: the process that had it is gone.
const OVER: &str = "to_timestamp(0)";

/// One in the hot table can be in the air; what it becomes if it comes back is its last column.
const HOT_EFFECT: &[Column] = &[
    text("key"),
    text("account"),
    text("role"),
    text("kind"),
    text("body"),
    int("weight"),
    text("status"),
    int("attempt"),
    text("planned_at"),
    text("due_at"),
    text("ended_at"),
    text("note"),
    text("turned"),
];

/// In history: the same without its last column.
const EFFECT: &[Column] = match HOT_EFFECT.split_last() {
    Some((_turned, kept)) => kept,
    None => &[],
};

const ATTEMPT: &[Column] = &[
    text("key"),
    int("n"),
    int("place"),
    text("plugin"),
    text("batch"),
    text("request"),
    text("started_at"),
    text("ended_at"),
    text("outcome"),
    text("text"),
    text("performer"),
    text("host"),
    fixed("deadline", OVER),
];

pub const TABLES: &[Table] = &[
    Table {
        name: "event",
        // Some of it may move to history while it is copied; it all arrives in the hot table.
        from: "any_event",
        columns: &[
            text("account"),
            int("seq"),
            text("recorded_at"),
            text("type"),
            text("happened_on"),
            text("connection"),
            text("report"),
            int("sealed"),
            bytes("payload"),
            bytes("digest"),
            fixed("xid", "'0'::xid8"),
            Column { name: "ord", kind: Kind::Number },
        ],
        way: Way::Grows,
        only: "",
    },
    Table {
        name: "inbox",
        from: "inbox",
        columns: &[text("connection"), text("key"), text("version"), text("digest"), text("body"), text("received_at")],
        way: Way::GrowsAndChanges {
            changed: "(received_at >= ?2 OR body = '')",
            again: "ON CONFLICT (tenant, connection, key) DO UPDATE SET version = excluded.version,
                    digest = excluded.digest, body = excluded.body, received_at = excluded.received_at",
        },
        only: "",
    },
    Table { name: "effect_history", from: "effect_history", columns: EFFECT, way: Way::Grows, only: "" },
    Table { name: "attempt_history", from: "attempt_history", columns: ATTEMPT, way: Way::Grows, only: "" },
    whole("effect", HOT_EFFECT),
    whole("attempt", ATTEMPT),
    whole(
        "lane",
        &[
            text("account"),
            int("head_seq"),
            int("done_seq"),
            text("next_due_at"),
            fixed("owner", "NULL"),
            int("fence"),
            fixed("lease_until", "NULL::timestamptz"),
            text("parked"),
            int("decisions"),
            text("newest"),
            int("newest_times"),
            text("newest_at"),
        ],
    ),
    whole("state", &[text("account"), text("policy"), text("snapshot"), text("row")]),
    whole(
        "decision",
        &[
            text("account"),
            int("slot"),
            int("fence"),
            text("at"),
            text("policy"),
            int("seq"),
            text("look_again"),
            text("because"),
            int("times"),
            text("last_at"),
        ],
    ),
    whole("subject_key", &[text("account"), bytes("key")]),
    whole("erased", &[text("account"), text("at")]),
    whole(
        "seal",
        &[
            int("no"),
            int("until_transaction"),
            int("until_number"),
            int("events"),
            bytes("root"),
            bytes("previous"),
            bytes("signature"),
            text("at"),
        ],
    ),
    whole("skipped", &[text("account"), int("seq"), text("at"), text("who"), text("reason")]),
    whole("cursor", &[text("connection"), text("cursor"), text("at")]),
    whole("kv", &[text("plugin"), text("key"), bytes("value")]),
    whole("valve", &[text("connection"), text("state")]),
    whole(
        "policy",
        &[text("name"), text("version"), int("place"), text("text"), text("at"), text("who"), text("because")],
    ),
    whole("webhook", &[text("connection"), text("key"), int("seq"), text("received_at"), text("content")]),
    whole("lease", &[text("name"), fixed("holder", "NULL"), int("fence"), fixed("until", OVER)]),
    Table {
        name: "note",
        from: "note",
        columns: &[text("name"), text("value")],
        way: Way::Whole { order: "" },
        // What the two say about the move itself; `super::MOVED_TO` and `super::UNFINISHED`.
        only: "name NOT IN ('moved-to', 'transfer-unfinished')",
    },
    Table {
        name: "plugin_call",
        from: "plugin_call",
        columns: &[
            text("plugin"),
            text("version"),
            text("function"),
            text("at"),
            int("micros"),
            text("error"),
            text("log"),
        ],
        way: Way::Whole { order: "id" },
        only: "",
    },
    Table {
        name: "quarantine",
        from: "quarantine",
        columns: &[
            bytes("mark"),
            text("connection"),
            text("document"),
            text("place"),
            text("reason"),
            text("text"),
            text("at"),
            text("body"),
            text("accounts"),
        ],
        way: Way::Whole { order: "id" },
        only: "",
    },
    whole(
        "total",
        &[text("connection"), text("name"), text("stated_on"), text("currency"), int("stated"), int("counted")],
    ),
    whole("money_in", &[text("booked_on"), text("currency"), int("minor")]),
    whole(
        "account_view",
        &[
            text("account"),
            text("name"),
            text("search"),
            text("country"),
            text("currency"),
            int("open"),
            int("unapplied"),
            text("oldest_due_on"),
            text("level"),
            int("level_rank"),
            text("flags"),
        ],
    ),
    whole(
        "item_view",
        &[
            text("account"),
            text("invoice"),
            text("due_on"),
            text("currency"),
            int("open"),
            text("level"),
            text("source"),
        ],
    ),
    whole("reference", &[text("token"), text("account"), text("invoice")]),
    whole(
        "sweep",
        &[
            text("connection"),
            int("generation"),
            text("started"),
            text("ended"),
            int("complete"),
            text("note"),
            int("listed"),
            text("totals"),
            int("missing_once"),
            int("missing"),
            int("found"),
        ],
    ),
    whole(
        "sweep_item",
        &[
            text("connection"),
            text("account"),
            text("invoice"),
            int("generation"),
            text("currency"),
            int("open"),
            int("missed"),
        ],
    ),
];
