import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { event } from "./map.js";

const rows = JSON.parse(readFileSync("fixtures/page.json", "utf8"));

test("an event has the key of its id and the day that it states", () => {
    const { source, fact } = event(rows[0]);
    assert.equal(source.key, "7");
    assert.deepEqual(source.occurredOn, { year: 2026, month: 3, day: 2 });
    assert.deepEqual(fact, { tag: "other", val: { kind: "greeting", notes: [{ name: "text", value: "hello" }] } });
    assert.deepEqual(event(rows[2]).source.key, "9");
});

test("what cannot be read says why", () => {
    assert.throws(() => event(rows[1]), (reason) => reason.includes("`day`"));
    assert.throws(() => event({ ...rows[0], kind: 3 }), (reason) => reason.includes("`kind`"));
});
