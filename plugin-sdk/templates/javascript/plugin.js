// What Acme tells, read a page at a time behind a cursor.
import { send } from "dunlin:plugin/http@0.1.0";
import { write } from "dunlin:plugin/log@0.1.0";
import { event } from "./map.js";

const error = (kind, message, hint, retryAfterMs) => ({ kind, message, hint, retryAfterMs });

function settings(config) {
    const { page = 100, ...unknown } = JSON.parse(config);
    const [key] = Object.keys(unknown);
    if (key) throw error("misconfigured", `unknown key \`${key}\``, "there is `page`");
    if (!(Number.isInteger(page) && page >= 1 && page <= 1000)) {
        throw error("misconfigured", `\`page\` is ${page}`, "allowed is 1 to 1000");
    }
    return { page };
}

function read(page, after) {
    let answer;
    try {
        const target = `/events?after=${after}&limit=${page}`;
        answer = send("api", { method: "GET", target, headers: [], body: new Uint8Array() });
    } catch (failed) {
        // For reading it does not matter whether it was sent.
        throw failed.payload.error;
    }
    const { status, body } = answer;
    if (status === 401 || status === 403) {
        throw error("misconfigured", `the other side answered ${status}`, "look at the credential of the connection");
    }
    if (status === 429 || status >= 500) throw error("retry-later", `the other side answered ${status}`);
    if (status !== 200) throw error("refused", `the other side answered ${status}`);
    let rows;
    try {
        rows = JSON.parse(new TextDecoder().decode(body));
    } catch {
        throw error("broken", "the answer is no JSON");
    }
    if (!Array.isArray(rows)) throw error("broken", "the answer is no list");
    return rows;
}

export const dialer = {
    // Is the configuration usable? A wrong credential is noticed here and not at night.
    check(config) {
        read(settings(config).page, 0);
    },

    pull(config, cursor) {
        const { page } = settings(config);
        const after = Number(cursor ?? "0");
        if (!Number.isSafeInteger(after)) throw error("broken", `\`${cursor}\` is no cursor of ours`);
        const rows = read(page, after);
        const events = [];
        const refusals = [];
        let last = after;
        for (const row of rows) {
            // Without an id nothing could be read behind it.
            if (!Number.isSafeInteger(row?.id)) throw error("broken", "an event has no `id`");
            last = Math.max(last, row.id);
            try {
                events.push(event(row));
            } catch (reason) {
                write("warn", `event ${row.id}: ${reason}`);
                refusals.push({ document: "acme", place: `event ${row.id}`, reason: String(reason) });
            }
        }
        const more = rows.length >= page && last > after;
        return { events, progress: { cursor: String(last), more, refusals, totals: [] } };
    },

    perform(_config, _batch, requests) {
        const reason = "this plugin only reads";
        return requests.map(() => ({ tag: "rejected", val: { code: "not-supported", reason } }));
    },

    lookup(_config, keys) {
        return keys.map(() => ({ tag: "absent" }));
    },
};
