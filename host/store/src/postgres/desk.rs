//! Reads over the views: overview, account list, worklist, and candidates for cash application.

use std::collections::{BTreeMap, BTreeSet};

use escalation::cash::Candidate;
use escalation::{Currency, Date, Money};
use sqlx::{Postgres, QueryBuilder};

use crate::Result;
use crate::reads::Reader;
use crate::row::{count, currency, json};
use crate::show::{CANDIDATES_MAX, PAGE_MAX, WorkColumns, account_rows, candidates, order, page_rows, work_row};
use crate::view::{AccountFilter, AccountPage, AccountRow, Lookup, Overview, WorkRow};

impl Reader<Postgres> {
    pub async fn overview(&self, today: Date) -> Result<Overview> {
        let (accounts, quarantined, unknown, planned, parked): (i64, i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM account_view WHERE tenant = $1), (SELECT count(*) FROM quarantine WHERE tenant = $1),
                    (SELECT count(*) FROM effect WHERE tenant = $1 AND status = 'unknown'),
                    (SELECT count(*) FROM effect WHERE tenant = $1 AND status = 'planned'),
                    (SELECT count(*) FROM lane WHERE tenant = $1 AND parked IS NOT NULL)",
        )
        .bind(&*self.tenant)
        .fetch_one(&self.pool)
        .await?;
        let mut flags = self
            .tally(
                "SELECT f.value, count(*) FROM account_view v, jsonb_array_elements_text(v.flags::jsonb) AS f (value)
                 WHERE v.tenant = $1 AND v.flags <> '[]' AND f.value <> 'parked' GROUP BY f.value",
            )
            .await?;
        if parked > 0 {
            flags.insert("parked".to_owned(), count(parked));
        }
        let levels =
            "SELECT level, count(*) FROM item_view WHERE tenant = $1 AND open > 0 AND level IS NOT NULL GROUP BY level";
        Ok(Overview {
            accounts: count(accounts),
            aging: self.aging(today).await?,
            levels: self.tally(levels).await?,
            received: self.received().await?,
            unapplied: self.unapplied().await?,
            flags,
            quarantined: count(quarantined),
            effects_unknown: count(unknown),
            effects_planned: count(planned),
            parked: count(parked),
        })
    }

    async fn aging(&self, today: Date) -> Result<BTreeMap<Currency, [i64; 5]>> {
        let rows: Vec<(String, i64, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT currency, coalesce(sum(open) FILTER (WHERE days <= 0), 0)::bigint,
                    coalesce(sum(open) FILTER (WHERE days BETWEEN 1 AND 30), 0)::bigint,
                    coalesce(sum(open) FILTER (WHERE days BETWEEN 31 AND 60), 0)::bigint,
                    coalesce(sum(open) FILTER (WHERE days BETWEEN 61 AND 90), 0)::bigint,
                    coalesce(sum(open) FILTER (WHERE days > 90), 0)::bigint
             FROM (SELECT currency, open, $2::text::date - due_on::date AS days FROM item_view WHERE tenant = $1 AND open > 0) i
             GROUP BY currency",
        )
        .bind(&*self.tenant)
        .bind(today.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|(code, a, b, c, d, e)| Ok((currency(&code)?, [a, b, c, d, e]))).collect()
    }

    pub async fn accounts(&self, filter: &AccountFilter) -> Result<AccountPage> {
        let mut counting = QueryBuilder::<Postgres>::new("SELECT count(*) ");
        self.filtered(&mut counting, filter);
        let (total,): (i64,) = counting.build_query_as().fetch_one(&self.pool).await?;

        let mut listing = QueryBuilder::<Postgres>::new("SELECT v.account, l.parked IS NOT NULL ");
        self.filtered(&mut listing, filter);
        let (column, direction) = order(filter);
        let per_page = i64::from(filter.per_page.clamp(1, PAGE_MAX));
        listing
            .push(" ORDER BY ")
            .push(column)
            .push(" ")
            .push(direction)
            .push(", v.account LIMIT ")
            .push_bind(per_page);
        listing.push(" OFFSET ").push_bind(i64::from(filter.page) * per_page);
        let page: Vec<(String, bool)> = listing.build_query_as().fetch_all(&self.pool).await?;
        let mut known = self.rows_of(page.iter().map(|(account, _)| account.as_str())).await?;
        Ok(AccountPage { rows: page_rows(page, &mut known), total: count(total) })
    }

    async fn rows_of(&self, accounts: impl Iterator<Item = &str>) -> Result<BTreeMap<String, AccountRow>> {
        let accounts: BTreeSet<&str> = accounts.collect();
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT account, row FROM state WHERE tenant = $1 AND account = ANY($2)")
                .bind(&*self.tenant)
                .bind(accounts.into_iter().collect::<Vec<_>>())
                .fetch_all(&self.pool)
                .await?;
        account_rows(rows)
    }

    fn filtered(&self, query: &mut QueryBuilder<Postgres>, filter: &AccountFilter) {
        query
            .push("FROM account_view v JOIN lane l ON l.tenant = v.tenant AND l.account = v.account WHERE v.tenant = ");
        query.push_bind(self.tenant.to_string());
        if !filter.search.is_empty() {
            query.push(" AND strpos(v.search, ").push_bind(filter.search.to_lowercase()).push(") > 0");
        }
        if let Some(country) = &filter.country {
            query.push(" AND v.country = ").push_bind(country.clone());
        }
        if let Some(level) = &filter.level {
            query.push(" AND v.level = ").push_bind(level.clone());
        }
        match filter.flag.as_deref() {
            None => {}
            Some("parked") => {
                query.push(" AND l.parked IS NOT NULL");
            }
            Some(flag) => {
                query.push(" AND v.flags::jsonb ? ").push_bind(flag.to_owned());
            }
        }
        if let (true, Some(today)) = (filter.overdue_only, filter.today) {
            query.push(" AND v.oldest_due_on < ").push_bind(today.to_string());
        }
    }

    pub async fn worklist(&self, today: Date, flags: &[String], limit: u32) -> Result<Vec<WorkRow>> {
        let rows: Vec<WorkColumns> = sqlx::query_as(
            "SELECT v.account, v.name, v.country, v.currency, v.level, v.flags, l.parked IS NOT NULL, w.overdue, w.days
             FROM (SELECT i.account, i.currency, sum(i.open)::bigint AS overdue, $2::text::date - min(i.due_on)::date AS days
                   FROM item_view i WHERE i.tenant = $1 AND i.open > 0 AND i.due_on < $2 GROUP BY i.account, i.currency) w
             JOIN account_view v ON v.tenant = $1 AND v.account = w.account AND v.currency = w.currency
             JOIN lane l ON l.tenant = $1 AND l.account = w.account
             WHERE v.flags::jsonb @> $4::jsonb
             ORDER BY w.overdue::numeric * w.days DESC, v.account LIMIT $3",
        )
        .bind(&*self.tenant)
        .bind(today.to_string())
        .bind(i64::from(limit))
        .bind(json(&flags)?)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(work_row).collect()
    }

    pub async fn candidates(&self, lookup: &Lookup) -> Result<Vec<Candidate>> {
        let mut hits: BTreeSet<(String, String)> = BTreeSet::new();
        if !lookup.tokens.is_empty() {
            let rows: Vec<(String, String)> = sqlx::query_as(
                "SELECT DISTINCT account, invoice FROM reference WHERE tenant = $1 AND token = ANY($2)
                 ORDER BY account, invoice LIMIT $3",
            )
            .bind(&*self.tenant)
            .bind(&lookup.tokens)
            .bind(i64::from(CANDIDATES_MAX))
            .fetch_all(&self.pool)
            .await?;
            hits.extend(rows);
        }
        if let Some(amount) = lookup.amount {
            hits.extend(self.of_amount(amount, lookup.payer_account.as_deref()).await?);
        }
        let known = self.rows_of(hits.iter().map(|(account, _)| account.as_str())).await?;
        Ok(candidates(&hits, &known))
    }

    /// Open items of exactly this amount; those whose debtor paid from this bank account before come first.
    async fn of_amount(&self, amount: Money, payer: Option<&str>) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query_as(
            "SELECT i.account, i.invoice FROM item_view i JOIN state s ON s.tenant = i.tenant AND s.account = i.account
             WHERE i.tenant = $1 AND i.currency = $2 AND i.open = $3 AND i.open > 0
             ORDER BY coalesce((s.row::jsonb -> 'payer_accounts') ? $4, false) DESC, i.account, i.invoice LIMIT $5",
        )
        .bind(&*self.tenant)
        .bind(amount.currency.as_str())
        .bind(amount.minor)
        .bind(payer)
        .bind(i64::from(CANDIDATES_MAX))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
