// Acme's events to the facts of a dialer. Pure: no call, no clock.

/** Throws a sentence when this one cannot be taken; the others can. */
export function event(row) {
    const day = date(row.day);
    if (typeof row.kind !== "string") throw `\`kind\` is ${JSON.stringify(row.kind)}`;
    return {
        // The key is Acme's own id: the same event has the same key, however often it is read.
        source: {
            key: String(row.id),
            version: undefined,
            digest: undefined,
            document: "acme",
            place: `event ${row.id}`,
            occurredOn: day,
        },
        // The facts of this role stand in `wit/deps/dunlin/dialer.wit`.
        fact: { tag: "other", val: { kind: row.kind, notes: [{ name: "text", value: String(row.text ?? "") }] } },
    };
}

function date(text) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (!parts) throw `\`day\` is ${JSON.stringify(text)}; it is written like 2026-03-02`;
    const [, year, month, day] = parts.map(Number);
    return { year, month, day };
}
