//! Plugins as wasm components: loaded, granted, bounded, called. The only crate that names wasmtime.
