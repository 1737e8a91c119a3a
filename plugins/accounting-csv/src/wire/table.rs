//! A table with a header row, bounded.

/// Rows of one list. With what one more file may add, a page of the host holds them all.
pub const MAX_ROWS: usize = 7_500;
const MAX_COLUMNS: usize = 300;
/// Bytes of one cell.
const MAX_CELL: usize = 2_000;

#[derive(Debug)]
pub struct Table {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub struct Row {
    /// Line in the file, counted from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// Why a table cannot be read, and in which line; 0 for the whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Flaw {
    pub line: u64,
    pub reason: String,
}

impl Table {
    /// Leaves out `skip` lines, takes the next row as the header, and passes over empty rows.
    pub fn read(text: &str, delimiter: u8, skip: usize) -> Result<Self, Flaw> {
        let body =
            after_lines(text, skip).ok_or(Flaw { line: 0, reason: format!("it has no more than {skip} lines") })?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(body.as_bytes());
        let mut table = Self { headers: Vec::new(), rows: Vec::new() };
        let mut record = csv::StringRecord::new();
        let mut lines = Lines { text: body, line: skip as u64 + 1, counted: 0 };
        loop {
            let more = reader.read_record(&mut record);
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            if !more.map_err(|error| Flaw { line, reason: format!("not CSV: {error}") })? {
                break;
            }
            if record.len() > MAX_COLUMNS {
                return Err(Flaw { line, reason: format!("more than {MAX_COLUMNS} columns") });
            }
            if let Some(cell) = record.iter().find(|cell| cell.len() > MAX_CELL) {
                let reason = format!("a cell of {} bytes; a quote that is not closed?", cell.len());
                return Err(Flaw { line, reason });
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let cells = record.iter().map(one_line).collect();
            if table.headers.is_empty() {
                table.headers = cells;
                continue;
            }
            if table.rows.len() >= MAX_ROWS {
                return Err(Flaw { line, reason: format!("more than {MAX_ROWS} rows; export the list in parts") });
            }
            table.rows.push(Row { line, cells });
        }
        match table.headers.is_empty() {
            true => Err(Flaw { line: 0, reason: "it has no header row".to_owned() }),
            false => Ok(table),
        }
    }
}

/// The line of a position, counted as the reader goes on.
struct Lines<'t> {
    text: &'t str,
    line: u64,
    counted: usize,
}

impl Lines<'_> {
    /// The line of the first letter at or behind a position: a row may be said to begin with the end of the one before.
    fn at(&mut self, position: u64) -> u64 {
        let from = usize::try_from(position).unwrap_or(usize::MAX).max(self.counted);
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let start = from + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.as_bytes().get(self.counted..start).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.counted = start.min(self.text.len());
        self.line
    }
}

/// A cell over two lines is one to a person, and a name with a line break is none to the host.
fn one_line(cell: &str) -> String {
    let words = cell.replace("\r\n", " ").replace(char::is_control, " ");
    words.trim().to_owned()
}

fn after_lines(text: &str, lines: usize) -> Option<&str> {
    let mut rest = text;
    for _ in 0..lines {
        rest = rest.split_once('\n')?.1;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let text = "List of 2026\r\n\r\nNo;Name\r\n1;\"A; B\"\r\n\r\n;;\r\n2;\"two\r\nlines\"\r\n3;c\r\n";
        let table = Table::read(text, b';', 2).unwrap();
        assert_eq!(table.headers, ["No", "Name"]);
        let rows: Vec<_> = table.rows.iter().map(|row| (row.line, row.cells.join("|"))).collect();
        assert_eq!(rows, [(4, "1|A; B".to_owned()), (7, "2|two lines".to_owned()), (9, "3|c".to_owned())]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let told = |text: &str, skip| Table::read(text, b',', skip).unwrap_err();
        assert!(told("", 0).reason.contains("no header"));
        assert!(told("a\nb", 5).reason.contains("no more than 5 lines"));
        let open = format!("a,b\n1,2\n\"3,{}", "x,y\n".repeat(1000));
        assert_eq!(told(&open, 0).line, 3);
        assert!(told(&",".repeat(MAX_COLUMNS), 0).reason.contains("columns"));
        assert!(told(&"a\n".repeat(MAX_ROWS + 2), 0).reason.contains("rows"));
    }
}
