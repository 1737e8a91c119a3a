//! `/metrics`: how receivables stood on any day, beside the period before.

mod sections;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use escalation::AccountId;
use escalation::metrics::{Basis, Setup};
use futures_util::stream;
use maud::{Markup, html};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

use super::layout::{self, About, Frame, Parts, part};
use super::{Failed, Page};
use crate::api::Params;
use crate::api::metrics::{MetricsQuery, gather, setups};
use crate::by_customer::{self, Piece};
use crate::web::gauge::{Setups, Standing};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, link};

pub async fn page(State(web): State<Shared>, query: Result<Params<MetricsQuery>, Problem>) -> Page {
    let Params(query) = query?;
    let (setups, standing) = gather(&web, &query).await?;
    let live = match standing {
        Standing::Done(_) => "/live".to_owned(),
        Standing::UnderWay { .. } => address("/live/metrics", &query),
    };
    let body = html! {
        h1 { "Metrics" }
        (filter(&query, &setups))
        (part("metrics", content(&standing, &query)))
    };
    let frame = Frame::of(web.hub.as_ref()).await?;
    Ok(layout::page(&frame, &About { title: "Metrics", here: "/metrics", live: &live }, body))
}

pub async fn live(
    State(web): State<Shared>,
    query: Result<Params<MetricsQuery>, Problem>,
) -> Result<Json<Parts>, Problem> {
    let Params(query) = query?;
    let (_, standing) = gather(&web, &query).await?;
    let mut parts = Frame::of(web.hub.as_ref()).await?.parts();
    parts.insert("metrics", content(&standing, &query).into_string());
    Ok(Json(parts))
}

/// The aging by customer, as a file that is written while the journals are read.
pub async fn export(
    State(web): State<Shared>,
    query: Result<Params<MetricsQuery>, Problem>,
) -> Result<Response, Failed> {
    let Params(query) = query?;
    let [setup, _] = setups(&web.hub, &query)?;
    let permit = web.gauge.exports.clone().try_acquire_owned().map_err(|_| {
        let detail = "other exports are under way";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail, "try again when they are done")
    })?;
    let name = format!("attachment; filename=\"aging-{}.csv\"", setup.period.as_of());
    let heading = Some(by_customer::heading(&setup));
    let export = Export { hub: web.hub.clone(), setup, heading, after: None, is_over: false, _permit: permit };
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(stream::unfold(export, Export::next))).into_response())
}

/// A file on its way.
struct Export {
    hub: Arc<dyn Hub>,
    setup: Setup,
    heading: Option<String>,
    after: Option<AccountId>,
    is_over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Export {
    /// A file that breaks off is told as such: the connection ends without its last chunk.
    async fn next(mut self) -> Option<(Result<String, store::StoreError>, Self)> {
        if let Some(heading) = self.heading.take() {
            return Some((Ok(heading), self));
        }
        if self.is_over {
            return None;
        }
        match by_customer::piece(self.hub.store(), &self.setup, self.after.as_ref()).await {
            Ok(Piece { after: None, .. }) => None,
            Ok(Piece { text, after }) => {
                self.after = after;
                Some((Ok(text), self))
            }
            Err(error) => {
                self.is_over = true;
                Some((Err(error), self))
            }
        }
    }
}

fn filter(query: &MetricsQuery, [setup, _]: &Setups) -> Markup {
    let period = &setup.period;
    let bases = Basis::ALL.into_iter().zip(["the due date", "the invoice date"]);
    html! {
        form.filter.card method="get" action="/metrics" data-auto {
            label { "Evening of" input type="date" name="as_of" value=(period.as_of()) required; }
            label { "Since the evening of" input type="date" name="from" value=(period.from()) required; }
            label { "Aging by"
                select name="aging_by" {
                    @for (basis, text) in bases { option value=(basis.as_str()) selected[setup.basis == basis] { (text) } }
                }
            }
            @if !query.currency.is_empty() { input type="hidden" name="currency" value=(query.currency); }
            button type="submit" { "Show" }
            a href=(address("/metrics/aging.csv", query)) download { "Aging by customer, CSV" }
        }
    }
}

fn content(standing: &Standing, query: &MetricsQuery) -> Markup {
    match standing {
        Standing::Done(measured) => sections::all(measured, query),
        Standing::UnderWay { accounts } => html! {
            section.card role="status" {
                p.lead { "Being measured." }
                p.soft {
                    "Every journal is read, one measurement at a time; " (accounts) " accounts are counted. The figures appear \
                     here by themselves."
                }
            }
        },
    }
}

/// The same question at another address.
fn address(path: &str, query: &MetricsQuery) -> String {
    let MetricsQuery { as_of, from, aging_by, edges, currency } = query.clone();
    let pairs = [("as_of", as_of), ("from", from), ("aging_by", aging_by), ("edges", edges), ("currency", currency)];
    link::query(path, &pairs)
}
