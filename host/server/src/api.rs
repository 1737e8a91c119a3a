//! The JSON API: the same content as the desk, one resource a file. Each file gathers its view from the hub; the desk's pages
//! show the same views.

pub mod account;
pub mod accounts;
pub mod agreed;
pub mod connections;
pub mod effects;
pub mod intake;
pub mod lanes;
pub mod law;
pub mod metrics;
pub mod money;
pub mod narrate;
pub mod needs;
pub mod overview;
pub mod placements;
pub mod plugins;
pub mod quarantine;
pub mod release;
pub mod suits;
pub mod tasks;
pub mod timeline;
pub mod totals;
pub mod upfront;
pub mod worklist;

use axum::extract::FromRequestParts;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::web::Shared;
use crate::web::problem::Problem;

pub type Answer<T> = Result<Json<T>, Problem>;

#[derive(OpenApi)]
#[openapi(info(
    title = "Dunlin",
    description = "What the desk shows, for programs. Money is an integer of minor units with its currency; days are ISO 8601, \
                   moments are hub time without a zone. Every answer but 200 and 202 is `application/problem+json`."
))]
struct Head;

/// The routes under `/api`, and their description.
pub fn router() -> Router<Shared> {
    let (router, document) = described();
    let document = Json(document);
    router.route("/api/openapi.json", get(async move || document)).route("/api/{*rest}", get(unknown))
}

fn described() -> (Router<Shared>, Document) {
    let (router, mut document) = OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(overview::get))
        .routes(routes!(accounts::get))
        .routes(routes!(account::get))
        .routes(routes!(timeline::get))
        .routes(routes!(release::get))
        .routes(routes!(worklist::get))
        .routes(routes!(tasks::get))
        .routes(routes!(plugins::get))
        .routes(routes!(connections::get))
        .routes(routes!(connections::post))
        .routes(routes!(effects::get))
        .routes(routes!(quarantine::get))
        .routes(routes!(needs::get))
        .routes(routes!(lanes::get))
        .routes(routes!(lanes::post))
        .routes(routes!(totals::get))
        .routes(routes!(metrics::get))
        .routes(routes!(intake::post))
        .routes(routes!(upfront::get))
        .split_for_parts();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    document.components.get_or_insert_default().add_security_scheme("token", bearer);
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    (router, document)
}

async fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such resource", "`/api/openapi.json` lists them all")
}

/// Parameters of the query; what cannot be read is a problem with a hint.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::from_request_parts(parts, state).await?;
        Ok(Self(params))
    }
}

/// A name in the path.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(name): Path<String> = Path::from_request_parts(parts, state).await?;
        if name.len() > escalation::id::NAME_LEN_MAX {
            return Err(Problem::wrong("the name is too long", "names have at most 200 bytes"));
        }
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests;
