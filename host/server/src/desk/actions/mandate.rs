//! A law firm's mandate, put on record and ended.

use axum::extract::{Path, State};
use escalation::mandate::Mandate;
use escalation::{Fact, Party};

use super::{Act, Done, account, changed, record};
use crate::web::Shared;
use crate::web::problem::Problem;

pub async fn give(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let today = web.hub.now().date();
    let given_on = match act.text("given")? {
        "" => today,
        day => day.parse().map_err(|_| Problem::wrong(format!("`{day}` is not a day"), "write it as `2026-03-31`"))?,
    };
    if given_on > today {
        return Err(Problem::wrong("a mandate of a later day is none yet", "put it on record when it is given").into());
    }
    let reach = act.needed("email")?.to_owned();
    let (email, phone) = if reach.contains('@') { (Some(reach), None) } else { (None, Some(reach)) };
    let name = act.needed("firm")?.to_owned();
    let address = act.needed("address")?.split(',').map(|part| part.trim().to_owned()).collect();
    let firm = Party { id: name.clone(), name, address, email, phone, ..Party::default() };
    let mandate = Mandate { firm, file: act.needed("file")?.to_owned(), given_on };
    record(&web, &id, &act, Fact::MandateGiven { mandate }, "mandated").await
}

pub async fn end(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    if account(&web, &id).await?.mandate.is_none() {
        return Err(changed("no mandate is on record").into());
    }
    record(&web, &id, &act, Fact::MandateEnded { reason: act.needed("reason")?.to_owned() }, "mandate-ended").await
}
