//! What a guest says and prints: bounded, and harmless to a terminal.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::limits::{LAST_WORDS_LINES, LOG_LINE_LEN_MAX, LOG_LINES_MAX, PRINTED_LEN_MAX};

/// The log of one call.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) lines: Vec<String>,
    /// Lines beyond the budget.
    pub(crate) dropped: u32,
}

impl Log {
    pub(crate) fn write(&mut self, level: &str, message: &str) {
        if self.lines.len() >= LOG_LINES_MAX {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        let level = match level {
            "debug" | "warn" | "error" => level,
            _ => "info",
        };
        self.lines.push(format!("{level}: {}", clean(message, LOG_LINE_LEN_MAX)));
    }

    /// The end of what was printed, then the last log lines.
    pub(crate) fn last_words(&self, printed: &Printed) -> String {
        let printed = printed.text();
        let last = self.lines.len().saturating_sub(LAST_WORDS_LINES);
        let lines = printed.lines().map(|line| clean(line, LOG_LINE_LEN_MAX)).filter(|line| !line.is_empty());
        lines.chain(self.lines[last..].iter().cloned()).collect::<Vec<_>>().join("\n")
    }
}

/// Text on one line: control characters become spaces, and what is longer than `len_max` bytes is cut.
pub(crate) fn clean(text: &str, len_max: usize) -> String {
    let end = text.floor_char_boundary(len_max);
    text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim_end().to_owned()
}

/// Standard output and error of one call: the newest bytes are kept, the rest is forgotten, and the guest never waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printed(Arc<Mutex<VecDeque<u8>>>);

impl Printed {
    fn text(&self) -> String {
        String::from_utf8_lossy(self.lock().make_contiguous()).into_owned()
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.lock();
        kept.extend(&bytes[bytes.len().saturating_sub(PRINTED_LEN_MAX)..]);
        let over = kept.len().saturating_sub(PRINTED_LEN_MAX);
        kept.drain(..over);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IsTerminal for Printed {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Printed {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Printed {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PRINTED_LEN_MAX)
    }
}

#[async_trait::async_trait]
impl Pollable for Printed {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Printed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.keep(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_counted() {
        let mut log = Log::default();
        for n in 0..1_000 {
            log.write("info", &format!("{n}{}", "x".repeat(10_000)));
        }
        assert_eq!((log.lines.len(), log.dropped), (LOG_LINES_MAX, 1_000 - LOG_LINES_MAX as u32));
        assert_eq!(log.lines[0].len(), "info: ".len() + LOG_LINE_LEN_MAX);
    }

    #[test]
    fn escapes_line_breaks_and_made_up_levels_do_not_get_through() {
        let mut log = Log::default();
        log.write("root", "a\u{1b}[31mred\nforged\u{0}\u{85}ü");
        assert_eq!(log.lines, ["info: a [31mred forged  ü"]);
        assert_eq!(clean("üü", 3), "ü", "cut between characters");
    }

    #[test]
    fn the_newest_of_what_is_printed_is_kept() {
        let printed = Printed::default();
        for n in 0..10_000 {
            printed.keep(format!("line {n}\n").as_bytes());
        }
        printed.keep(&[b'x'; 9_000]);
        printed.keep(b"\nthe end\n");
        let mut log = Log::default();
        log.write("warn", "careful");
        let words = log.last_words(&printed);
        assert!(words.len() <= PRINTED_LEN_MAX + 20 && words.ends_with("x\nthe end\nwarn: careful"), "{words}");
    }
}
