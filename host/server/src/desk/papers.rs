//! `/accounts/{id}/statement.pdf` and `/accounts/{id}/case-file.pdf`: an account on paper, as it stands. Nothing is sent.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use escalation::AccountId;
use letters::{Kind, LetterError};

use super::Failed;
use crate::api::Named;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, link};

pub async fn statement(State(web): State<Shared>, name: Result<Named, Problem>) -> Result<Response, Failed> {
    paper(&web, name?, Kind::StatementOfAccount).await
}

pub async fn case_file(State(web): State<Shared>, name: Result<Named, Problem>) -> Result<Response, Failed> {
    paper(&web, name?, Kind::CaseFile).await
}

/// The letter that has the kind's own name, in the debtor's language. Setting it takes a core for a moment: it is done beside
/// the threads that answer, and by few at a time.
async fn paper(web: &Shared, Named(id): Named, kind: Kind) -> Result<Response, Failed> {
    let hub: &dyn Hub = web.hub.as_ref();
    let Some(clerk) = hub.clerk() else {
        let hint = "name the folder of the letters as `letters` in `dunlin.toml`";
        return Err(Problem::new(StatusCode::NOT_FOUND, "this hub writes no letters", hint).into());
    };
    let id = AccountId::new(id);
    let Some((account, _)) = hub.store().account(&id).await? else {
        return Err(Problem::no_account(id.as_str()).into());
    };
    let permit = web.press.clone().try_acquire_owned().map_err(|_| {
        let detail = "other letters are being set";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail, "try again when they are done")
    })?;
    let today = hub.now().date();
    let set = move || {
        let written = clerk.about(&account, kind.as_str(), None, None, today)?;
        let pdf = clerk.letters.print(&written);
        drop(permit);
        pdf
    };
    let unfit = |error: LetterError| Problem::told(StatusCode::CONFLICT, &error.to_string());
    let pdf = tokio::task::spawn_blocking(set).await.map_err(broken)?.map_err(unfit)?;
    let name = format!("attachment; filename=\"{kind}-{}-{today}.pdf\"", link::part(id.as_str()));
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, pdf).into_response())
}

fn broken(error: tokio::task::JoinError) -> Problem {
    tracing::error!(%error, "a letter could not be set");
    let hint = "look into the log of the hub; the same letter is written by `dunlin letter`";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the letter could not be set", hint)
}
