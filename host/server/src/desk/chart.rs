//! Charts as SVG. Places are whole tenths of a percent of the drawing, so that text keeps its size on every screen and no
//! float comes near money.

use maud::{Markup, html};

/// A bar with its label and its value.
pub struct Bar {
    pub label: String,
    pub value: String,
    pub size: i64,
    /// A class of the stylesheet.
    pub shade: &'static str,
}

/// Pixels for a row of [`rows`]: label and value above, the bar below.
const ROW_HEIGHT: usize = 42;
/// Pixels of the plot of [`columns`], and of the labels under it.
const PLOT_HEIGHT: usize = 150;
const LABELS_HEIGHT: usize = 24;
/// At most so many labels under the columns.
const LABELS_MAX: usize = 6;

/// Bars that lie, one below the other.
pub fn rows(id: &str, title: &str, bars: &[Bar]) -> Markup {
    let max = largest(bars);
    html! {
        svg.chart role="img" aria-labelledby=(format!("{id}-title {id}-desc")) width="100%" height=(bars.len() * ROW_HEIGHT) {
            (told(id, title, bars))
            @for (n, bar) in bars.iter().enumerate() {
                @let y = n * ROW_HEIGHT;
                g {
                    title { (bar.label) ": " (bar.value) }
                    text.label x="0" y=(y + 16) { (bar.label) }
                    text.value x="100%" y=(y + 16) text-anchor="end" { (bar.value) }
                    rect.track x="0" y=(y + 23) width="100%" height="8" rx="4" {}
                    @if bar.size > 0 {
                        rect class=(bar.shade) x="0" y=(y + 23) width=(percent(permille(bar.size, max).max(6))) height="8" rx="4" {}
                    }
                }
            }
        }
    }
}

/// Bars that stand, one beside the other: time goes from left to right.
pub fn columns(id: &str, title: &str, bars: &[Bar]) -> Markup {
    let max = largest(bars);
    let step = 1000 / bars.len().max(1) as i64;
    let every = bars.len().div_ceil(LABELS_MAX).max(1);
    html! {
        svg.chart role="img" aria-labelledby=(format!("{id}-title {id}-desc")) width="100%" height=(PLOT_HEIGHT + LABELS_HEIGHT) {
            (told(id, title, bars))
            svg x="0" y="0" width="100%" height=(PLOT_HEIGHT) {
                line.grid x1="0" x2="100%" y1="0.5" y2="0.5" {}
                line.grid x1="0" x2="100%" y1="50%" y2="50%" {}
                @for (bar, left) in bars.iter().zip((0..).step_by(step as usize)) {
                    g {
                        title { (bar.label) ": " (bar.value) }
                        rect.hit x=(percent(left)) y="0" width=(percent(step)) height="100%" {}
                        @let height = if bar.size > 0 { permille(bar.size, max).max(8) } else { 0 };
                        rect class=(bar.shade) x=(percent(left + step / 7)) y=(percent(1000 - height)) width=(percent(step - 2 * (step / 7)))
                            height=(percent(height)) rx="2" {}
                    }
                }
                line.base x1="0" x2="100%" y1="100%" y2="100%" {}
            }
            @for (n, (bar, left)) in bars.iter().zip((0..).step_by(step as usize)).enumerate() {
                @if (bars.len() - 1 - n).is_multiple_of(every) {
                    text.label x=(percent(left + step / 2)) y=(PLOT_HEIGHT + 17) text-anchor="middle" { (bar.label) }
                }
            }
        }
    }
}

/// How much of a whole, as a thin bar in a table: up to 1000 of 1000.
pub fn share(part: i64, whole: i64, text: &str) -> Markup {
    html! {
        svg.share role="img" aria-label=(text) width="100%" height="6" {
            title { (text) }
            rect.track x="0" y="0" width="100%" height="6" rx="3" {}
            @if part > 0 { rect.shade-4 x="0" y="0" width=(percent(permille(part, whole).max(10))) height="6" rx="3" {} }
        }
    }
}

/// Title and content for people who do not see the picture.
fn told(id: &str, name: &str, bars: &[Bar]) -> Markup {
    let all: Vec<_> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.value)).collect();
    html! {
        title id=(format!("{id}-title")) { (name) }
        desc id=(format!("{id}-desc")) { (all.join("; ")) }
    }
}

fn largest(bars: &[Bar]) -> i64 {
    bars.iter().map(|bar| bar.size).max().unwrap_or(0)
}

/// The share in thousandths, from 0 to 1000.
pub fn permille(part: i64, whole: i64) -> i64 {
    if part <= 0 || whole <= 0 {
        return 0;
    }
    let share = i128::from(part) * 1000 / i128::from(whole);
    share.clamp(0, 1000) as i64
}

fn percent(permille: i64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_within_the_drawing() {
        assert_eq!(permille(1, 3), 333);
        assert_eq!(permille(i64::MAX, i64::MAX), 1000);
        assert_eq!(permille(5, 0), 0);
        assert_eq!(permille(-5, 10), 0);
        assert_eq!(percent(375), "37.5%");
    }

    #[test]
    fn labels_are_escaped_and_told() {
        let bar = Bar { label: "<b>".into(), value: "1 & 2".into(), size: 1, shade: "shade-1" };
        let svg = rows("x", "Levels", &[bar]).into_string();
        assert!(svg.contains("&lt;b&gt;: 1 &amp; 2"), "{svg}");
        assert!(!svg.contains("<b>"));
    }
}
