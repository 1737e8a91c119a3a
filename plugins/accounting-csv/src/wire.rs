//! A list as the package wrote it: bytes to text, text to a table with a header, cells to amounts and days.

pub mod amount;
pub mod day;
pub mod table;
pub mod text;
