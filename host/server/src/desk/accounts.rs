//! `/accounts`: all accounts; the address carries search, filter, order and page.

use axum::extract::State;
use maud::{Markup, html};

use super::Page;
use super::layout::{self, About, Frame};
use super::notation::{amount, flags};
use crate::api::Params;
use crate::api::accounts::{AccountsQuery, AccountsView, FLAGS, SORTS, gather};
use crate::api::narrate::count;
use crate::web::{Hub, Shared, link};

pub async fn page(
    State(web): State<Shared>,
    query: Result<Params<AccountsQuery>, crate::web::problem::Problem>,
) -> Page {
    let Params(mut query) = query?;
    query.country = query.country.trim().to_uppercase();
    let hub: &dyn Hub = web.hub.as_ref();
    let view = gather(hub, &query).await?;
    let levels: Vec<_> = hub.policy().levels.iter().map(|level| (level.id.to_string(), level.title.clone())).collect();
    let body = html! {
        h1 { "Accounts" }
        (filter(&query, &levels))
        p.soft { (count(view.total as usize, "account")) }
        @if view.accounts.is_empty() {
            section.card { p.lead { "No account fits." } p { a href="/accounts" { "Show all accounts" } } }
        } @else {
            section.card.flush { (table(&view, &query, &levels)) }
            (pager(&view, &query))
        }
    };
    Ok(layout::page(&Frame::of(hub).await?, &About { title: "Accounts", here: "/accounts", live: "/live" }, body))
}

fn filter(query: &AccountsQuery, levels: &[(String, String)]) -> Markup {
    let sort = if query.sort.is_empty() { SORTS[0] } else { &query.sort };
    html! {
        form.filter.card method="get" action="/accounts" role="search" data-auto {
            label.grow { "Search" input type="search" name="search" value=(query.search) maxlength="100" placeholder="Name, account or invoice"; }
            label { "Country" input.short type="text" name="country" value=(query.country) maxlength="2" placeholder="any"; }
            label { "With"
                select name="flag" {
                    option value="" { "anything" }
                    @for flag in FLAGS.iter().copied() { option value=(flag) selected[query.flag == flag] { (flag.replace('-', " ")) } }
                }
            }
            label { "Level"
                select name="level" {
                    option value="" { "any" }
                    @for (id, title) in levels { option value=(id) selected[query.level == *id] { (title) } }
                }
            }
            label { "Order"
                select name="sort" {
                    @for (name, text) in SORTS.into_iter().zip(["most open", "longest overdue", "highest level", "name"]) {
                        option value=(name) selected[sort == name] { (text) }
                    }
                }
            }
            label.check { input type="checkbox" name="overdue" value="yes" checked[query.overdue == "yes"]; "Overdue only" }
            button type="submit" { "Show" }
        }
    }
}

fn table(view: &AccountsView, query: &AccountsQuery, levels: &[(String, String)]) -> Markup {
    let title =
        |id: &str| levels.iter().find(|(known, _)| known == id).map_or(id.to_owned(), |(_, title)| title.clone());
    html! {
        table.stack {
            thead {
                tr {
                    (heading(query, "name", "Account", ""))
                    th { "Country" }
                    (heading(query, "open", "Open", "num"))
                    (heading(query, "overdue", "Days past due", "num"))
                    (heading(query, "level", "Level", ""))
                    th { "State" }
                }
            }
            tbody {
                @for line in &view.accounts {
                    tr {
                        td.title { a href=(link::account(&line.id)) { (line.name) } div.soft.small { (line.id) } }
                        td data-name="Country" { (line.country) }
                        td.num data-name="Open" { (amount(&line.open)) }
                        td.num data-name="Days past due" { @if line.days_past_due > 0 { (line.days_past_due) } @else { span.soft { "–" } } }
                        td data-name="Level" { @if let Some(level) = &line.level { (title(level)) } @else { span.soft { "–" } } }
                        td data-name="State" { (flags(&line.flags)) }
                    }
                }
            }
        }
    }
}

/// A column's name that orders by it, and turns the order round when it is the one already.
fn heading(query: &AccountsQuery, sort: &str, name: &str, class: &str) -> Markup {
    let current = query.sort == sort || (query.sort.is_empty() && sort == SORTS[0]);
    let up = query.order == "up" || (query.order.is_empty() && sort == "name");
    let order = match (current, up) {
        (true, true) => "down",
        (true, false) => "up",
        (false, _) => "",
    };
    let next = AccountsQuery { sort: sort.to_owned(), order: order.to_owned(), page: None, ..query.clone() };
    let sorted = current.then_some(if up { "ascending" } else { "descending" });
    html! { th class=(class) aria-sort=[sorted] { a href=(address(&next)) { (name) } } }
}

fn pager(view: &AccountsView, query: &AccountsQuery) -> Markup {
    let pages = view.total.div_ceil(u64::from(view.per_page)).max(1);
    let to = |page: u32| address(&AccountsQuery { page: Some(page), ..query.clone() });
    html! {
        nav.pager aria-label="Pages of the list" {
            @if view.page > 1 { a rel="prev" href=(to(view.page - 1)) { "← Back" } } @else { span {} }
            span.soft { "Page " (view.page) " of " (pages) }
            @if u64::from(view.page) < pages { a rel="next" href=(to(view.page + 1)) { "On →" } } @else { span {} }
        }
    }
}

fn address(query: &AccountsQuery) -> String {
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    link::query(
        "/accounts",
        &[
            ("search", query.search.clone()),
            ("country", query.country.clone()),
            ("flag", query.flag.clone()),
            ("level", query.level.clone()),
            ("overdue", query.overdue.clone()),
            ("sort", query.sort.clone()),
            ("order", query.order.clone()),
            ("page", number(query.page)),
            ("per_page", number(query.per_page)),
        ],
    )
}
