//! What is linked is what is granted; everything else does not exist for the guest.

use std::collections::BTreeSet;

use wasmtime::Engine;
use wasmtime::component::{HasData, HasSelf, Linker, ResourceTable};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::p2::bindings as wasi;
use wasmtime_wasi::random::{WasiRandom, WasiRandomView};

use crate::bindings::{files, http, kv, log, types, webhooks};
use crate::component::Border;
use crate::state::State;

struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

fn table(state: &mut State) -> &mut ResourceTable {
    state.ctx().table
}

/// A linker for one plugin. `granted` holds names of [`crate::manifest::IMPORTS`].
pub(crate) fn linker(engine: &Engine, border: &Border, granted: &BTreeSet<String>) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    let l = &mut linker;
    // What a guest written with the standard library always imports.
    wasi::io::error::add_to_linker::<State, Table>(l, table)?;
    wasi::io::poll::add_to_linker::<State, Table>(l, table)?;
    wasi::io::streams::add_to_linker::<State, Table>(l, table)?;
    wasi::cli::environment::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::exit::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::stdin::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::stdout::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::stderr::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::terminal_input::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::terminal_output::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::terminal_stdin::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::terminal_stdout::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::cli::terminal_stderr::add_to_linker::<State, WasiCli>(l, WasiCliView::cli)?;
    wasi::random::insecure_seed::add_to_linker::<State, WasiRandom>(l, WasiRandomView::random)?;
    if border.imports.iter().any(|import| import.starts_with("wasi:clocks/")) {
        wasi::clocks::wall_clock::add_to_linker::<State, WasiClocks>(l, WasiClocksView::clocks)?;
        wasi::clocks::monotonic_clock::add_to_linker::<State, WasiClocks>(l, WasiClocksView::clocks)?;
    }
    // Ours.
    types::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    if granted.contains("log") {
        log::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    }
    if granted.contains("kv") {
        kv::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    }
    if granted.contains("files") {
        files::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    }
    if granted.contains("http") {
        http::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    }
    if granted.contains("webhooks") {
        webhooks::add_to_linker::<State, HasSelf<State>>(l, |state| state)?;
    }
    Ok(linker)
}
