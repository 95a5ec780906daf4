// A client's tests in Node 18 or later: node:test and fetch, no packages, and a running sandbox.
//
//   jodo-mock serve &
//   node --test examples/node/
//
// JODO_MOCK_URL says where the server is, JODO_MOCK_ADMIN_TOKEN what its admin API asks for, if it does.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

const base = (process.env.JODO_MOCK_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const token = process.env.JODO_MOCK_ADMIN_TOKEN ?? "none";
let sandbox;

async function admin(verb, path, body) {
  const reply = await fetch(`${base}/__admin${path}`, {
    method: verb,
    headers: { Authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${verb} ${path}: HTTP ${reply.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

// As clients send commands: a form with one field, data, that holds JSON.
async function send(method, fields) {
  const command = { method, apikey: sandbox.apikey, servicekey: sandbox.servicekeys.VoiceProcess, ...fields };
  const body = new URLSearchParams({ data: JSON.stringify(command) });
  const reply = await fetch(sandbox.endpoint, { method: "POST", body, signal: AbortSignal.timeout(10_000) });
  return reply.json();
}

const push = (...numbers) =>
  send("ImportProcessData", {
    media: "12",
    updateparam: "mobilenumber",
    data: numbers.map((mobilenumber) => ({ sr_number: "1", mobilenumber })),
  });

// One sandbox for this file; its tests run one after the other, and other files have sandboxes of their own.
before(async () => {
  sandbox = await admin("POST", "/sandboxes", { edition: "1.0.6" });
});
after(() => sandbox && admin("DELETE", `/sandboxes/${sandbox.key}`));

test("the first customer of every sandbox is 125, and its first call 796", async () => {
  const answer = await push("9876500001", "9876500002");
  assert.equal(answer.status, 1);
  const ids = answer.statusdata.map(({ customercode, calllistid }) => [customercode, calllistid]);
  assert.deepEqual(ids, [[125, 796], [126, 797]]);
});

test("a number that is too short fails alone", async () => {
  const answer = await push("12345", "9876500003");
  assert.deepEqual(answer.statusdata.map(({ statuscode }) => statuscode), ["043", "001"]);
});

test("a failure on purpose refuses the next push, and only that", async () => {
  await admin("POST", `/sandboxes/${sandbox.key}/faults`, { status: 38 });
  assert.equal((await push("9876500004")).status, "038");
  assert.equal((await push("9876500004")).status, 1);
});

test("the journal knows what was sent", async () => {
  const { total, requests } = await admin("GET", `/sandboxes/${sandbox.key}/requests?method=ImportProcessData`);
  assert.equal(total, 4);
  const { request } = await admin("GET", `/sandboxes/${sandbox.key}/requests/${requests.at(-1).id}`);
  const sent = JSON.parse(new URLSearchParams(request.body).get("data"));
  assert.deepEqual(sent.data.map(({ mobilenumber }) => mobilenumber), ["9876500001", "9876500002"]);
});
