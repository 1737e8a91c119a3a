//! Goods that may come back instead of money: offered, received, then credited by accounting.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{InvoiceNumber, ReturnId};
use crate::invoice::OpenItem;
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodsReturn {
    pub id: ReturnId,
    pub invoice: InvoiceNumber,
    pub goods: String,
    /// What will be credited for them.
    pub value: Money,
    pub offered_on: Date,
    /// The last day on which they may arrive.
    pub until: Date,
    #[serde(default)]
    pub state: ReturnState,
    /// What had been credited on the invoice before they arrived, in minor units.
    #[serde(default)]
    pub credited_before: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnState {
    #[default]
    Offered,
    Received,
    /// They did not come, or the debtor kept them.
    Lapsed,
}

impl GoodsReturn {
    /// The goods are here and the credit memo is not.
    pub fn awaits_credit(&self, item: &OpenItem) -> bool {
        let credited = item.credited.minor.saturating_sub(self.credited_before);
        self.state == ReturnState::Received && credited < self.value.minor
    }
}
