//! Names into addresses, once for each dial: only what was looked at is dialled.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use hyper_util::client::legacy::connect::dns::Name;
use thiserror::Error;
use tower_service::Service;

use crate::address::Allowed;
use crate::limits::ADDRESSES_MAX;

/// The name leads to nothing that may be dialled.
#[derive(Debug, Error)]
#[error("`{host}` is {}, which is not on the public internet", addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
pub(crate) struct Inside {
    pub host: String,
    pub addresses: Vec<IpAddr>,
}

#[derive(Clone, Debug)]
pub(crate) struct Resolver {
    pub allowed: Arc<Allowed>,
    pub in_the_clear: bool,
}

impl Resolver {
    pub fn filter(&self, host: &str, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, Inside> {
        let (may, not): (Vec<IpAddr>, Vec<IpAddr>) = found
            .into_iter()
            .take(ADDRESSES_MAX)
            .partition(|address| self.allowed.may_dial(*address, self.in_the_clear));
        match may.is_empty() && !not.is_empty() {
            true => Err(Inside { host: host.to_owned(), addresses: not }),
            false => Ok(may),
        }
    }
}

impl Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move {
            // The port is the connector's affair.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found = found.map(|address| address.ip()).collect();
            let may = resolver.filter(name.as_str(), found).map_err(io::Error::other)?;
            Ok(may.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>().into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    #[test]
    fn of_several_addresses_only_the_public_ones_are_dialled() {
        let resolver = Resolver { allowed: Arc::default(), in_the_clear: false };
        let found = ["127.0.0.1", "8.8.8.8", "::1"].map(|one| one.parse().unwrap());
        assert_eq!(resolver.filter("a.example", found.to_vec()).unwrap(), ["8.8.8.8".parse::<IpAddr>().unwrap()]);
        let error = resolver.filter("a.example", vec![found[0], found[2]]).unwrap_err();
        assert_eq!(error.to_string(), "`a.example` is 127.0.0.1, ::1, which is not on the public internet");
    }

    /// A name that a resolver answers with an inner address, today or the next time: each dial asks and looks anew.
    #[tokio::test]
    async fn a_name_of_this_machine_is_not_dialled() {
        let mut resolver = Resolver { allowed: Arc::default(), in_the_clear: false };
        let error = resolver.call("localhost".parse().unwrap()).await.unwrap_err();
        assert!(error.get_ref().unwrap().downcast_ref::<Inside>().is_some(), "{error}");
    }
}
