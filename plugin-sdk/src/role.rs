//! The four functions that every role has, as a trait of that role.

macro_rules! role {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// Every function gets the configuration of the running plugin, already parsed; nothing is remembered between
        /// calls but what lies in `files` and `kv`.
        pub trait $name {
            /// Give it `#[serde(deny_unknown_fields)]`, so that a misspelt key is found at start.
            type Config: serde::de::DeserializeOwned;

            /// Is the configuration usable? Called at start; reaches the other side if it can.
            fn check(config: &Self::Config) -> $crate::Result<()> {
                let _ = config;
                Ok(())
            }

            /// What is new since `cursor` (none: from the beginning). A cursor that comes back proves that everything
            /// before it is durable. Unless written: nothing, and the same cursor.
            fn pull(config: &Self::Config, cursor: Option<&str>) -> $crate::Result<$crate::Page<Fact>> {
                let _ = config;
                Ok($crate::Page::nothing_new(cursor))
            }

            /// One outcome for each request, in their order. Unless written: nothing is supported.
            fn perform(
                config: &Self::Config,
                batch: &$crate::Batch,
                requests: &[$crate::Request<Effect>],
            ) -> $crate::Result<Vec<$crate::Outcome>> {
                let _ = (config, batch);
                Ok(requests.iter().map(|_| $crate::Outcome::not_supported("this plugin performs nothing")).collect())
            }

            /// One finding for each key of an earlier request, in their order. Unless written: nobody can say.
            fn lookup(config: &Self::Config, keys: &[String]) -> $crate::Result<Vec<$crate::Finding>> {
                let _ = config;
                let unclear = || $crate::Finding::Unclear("this plugin cannot look effects up".to_owned());
                Ok(keys.iter().map(|_| unclear()).collect())
            }
        }

        #[doc(hidden)]
        pub fn is_implemented_by<P: $name>() {}
    };
}
