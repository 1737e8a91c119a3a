// plugin.js becomes the component dialer-acme.wasm. It gets nothing of the system: no clock, no chance, no network but the contract's.
import { componentize } from "@bytecodealliance/componentize-js";
import { writeFile } from "node:fs/promises";

const { component } = await componentize({
    sourcePath: "plugin.js",
    witPath: "wit",
    worldName: "plugin",
    disableFeatures: ["random", "stdio", "clocks", "http", "fetch-event"],
});
await writeFile("dialer-acme.wasm", component);
console.log(`dialer-acme.wasm: ${component.length} bytes`);
