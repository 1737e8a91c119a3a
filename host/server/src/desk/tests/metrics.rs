//! The page of metrics, and the aging by customer.

use super::*;

/// Asks until it is measured.
async fn measured(fixture: &Fixture, session: &str, path: &str) -> Seen {
    for _ in 0..100 {
        let page = fixture.page(session, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        if !page.text.contains("Being measured.") {
            return page;
        }
        assert!(page.text.contains("data-live=\"/live/metrics"), "{}", page.text);
    }
    panic!("{path} was not measured")
}

#[tokio::test]
async fn figures_stand_beside_the_period_before_with_their_formulas() {
    let fixture = Fixture::of(8, 75).await;
    let session = fixture.session().await;
    let page = measured(&fixture, &session, "/metrics?as_of=2026-03-10&from=2026-02-10").await;
    for word in [
        "aria-current=\"page\">Metrics",
        "over 90 days",
        "Collection effectiveness index",
        "credit sales of the period x days of the period",
        "that ended on 2026-02-10",
        "/metrics/aging.csv?as_of=2026-03-10&amp;from=2026-02-10",
        "Right party per dial",
    ] {
        assert!(page.text.contains(word), "`{word}` is missing: {}", page.text);
    }
    let krona = measured(&fixture, &session, "/metrics?currency=SEK").await;
    assert!(krona.text.contains("Aging of open SEK"));
    assert!(krona.text.contains("Causes of complaints") && krona.text.contains("quality"), "{}", krona.text);
    let wrong = fixture.page(&session, "/metrics?as_of=soon").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("A day such as"), "{}", wrong.text);
}

#[tokio::test]
async fn the_aging_by_customer_adds_up_to_the_overview() {
    let fixture = Fixture::of(8, 75).await;
    let session = fixture.session().await;
    let file = fixture.page(&session, "/metrics/aging.csv").await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"aging-2026-03-20.csv\"");
    let mut lines = csv::Reader::from_reader(file.text.as_bytes());
    let columns = lines.headers().unwrap().clone();
    assert_eq!(
        columns.iter().take(6).collect::<Vec<_>>(),
        ["account", "name", "country", "currency", "open", "not yet due"]
    );
    let (_, overview) = fixture.api("/api/overview").await;
    let mut sums = std::collections::BTreeMap::<String, i64>::new();
    let mut names = Vec::new();
    for line in lines.records() {
        let line = line.unwrap();
        let currency = line[3].parse().unwrap();
        let minor = |cell: &str| Money::parse(cell, currency).unwrap().minor;
        assert_eq!(minor(&line[4]), (5..10).map(|n| minor(&line[n])).sum::<i64>(), "{line:?}");
        *sums.entry(line[3].to_owned()).or_default() += minor(&line[4]);
        names.push(line[1].to_owned());
    }
    for one in overview["currencies"].as_array().unwrap() {
        assert_eq!(sums[one["currency"].as_str().unwrap()], one["open"]["minor"].as_i64().unwrap());
    }
    assert!(names.contains(&HOSTILE.to_owned()), "{names:?}");
}
