//! Another system as a test plays it: every request is answered by a closure, and remembered.

use std::collections::VecDeque;
use std::rc::Rc;

use super::world;
use crate::Error;
use crate::http::{Answer, Failure, Sent};

type Answers = Rc<dyn Fn(&Asked) -> Result<Answer, Failure>>;

/// A request as the other system would get it, without what the host adds.
pub type Asked = Sent;

pub(super) struct Known {
    answers: Answers,
    asked: VecDeque<Asked>,
}

/// Stands for a connection of this name, in this thread.
pub struct Upstream {
    connection: String,
}

impl Upstream {
    /// Answers every request of the connection from now on.
    pub fn new(connection: &str, answers: impl Fn(&Asked) -> Result<Answer, Failure> + 'static) -> Upstream {
        let known = Known { answers: Rc::new(answers), asked: VecDeque::new() };
        world(|world| world.upstreams.insert(connection.to_owned(), known));
        Upstream { connection: connection.to_owned() }
    }

    /// What was asked since the last time, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        world(|world| {
            world.upstreams.get_mut(&self.connection).into_iter().flat_map(|known| known.asked.drain(..)).collect()
        })
    }
}

pub(crate) fn send(connection: &str, request: Sent) -> Result<Answer, Failure> {
    let answers = world(|world| {
        let known = world.upstreams.get_mut(connection)?;
        known.asked.push_back(request.clone());
        Some(known.answers.clone())
    });
    // The closure may use the world itself.
    match answers {
        Some(answers) => answers(&request),
        None => Err(Failure::not_sent(Error::refused(format!("connection `{connection}` was not granted")))),
    }
}
