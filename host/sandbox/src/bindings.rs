//! The contract as Rust types, generated from plugin-sdk/wit. Nothing else happens here.

wasmtime::component::bindgen!({
    path: "../../plugin-sdk/wit",
    // No component has to export every role: each interface is looked for on its own (role.rs).
    inline: "
        package dunlin:host;
        world every-role {
            include dunlin:plugin/accounting-plugin@0.1.0;
            include dunlin:plugin/gateway-plugin@0.1.0;
            include dunlin:plugin/dialer-plugin@0.1.0;
            include dunlin:plugin/agency-plugin@0.1.0;
            include dunlin:plugin/messenger-plugin@0.1.0;
            include dunlin:plugin/bureau-plugin@0.1.0;
            include dunlin:plugin/coverage-plugin@0.1.0;
            include dunlin:plugin/notifier-plugin@0.1.0;
        }
    ",
    world: "dunlin:host/every-role",
    imports: { default: async | trappable },
    exports: { default: async },
    require_store_data_send: true,
});

pub(crate) use dunlin::plugin::{files, http, kv, log, types, webhooks};
pub(crate) use exports::dunlin::plugin::{accounting, agency, bureau, coverage, dialer, gateway, messenger, notifier};
