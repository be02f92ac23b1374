// Emmett on Postgres, as its getting-started guide uses it: the event store with its default pool, appends with an expected
// version, aggregateStream to load, a consumer with a reactor to follow. One process a measurement; the answer is JSON.
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, postgreSQLEventStoreConsumer } from '@event-driven-io/emmett-postgresql';
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const [what, url, text] = process.argv.slice(2);
const given = JSON.parse(text ?? '{}');
const store = getPostgreSQLEventStore(url);
const registered = (organisation) => ({
  type: 'Registered',
  data: { organisation, called: 'Ytre Solvik skole', kind: 'school', parent: null, school_type: null, pupils: 140 },
});
const renamed = (organisation, n) => ({
  type: 'Renamed',
  data: { organisation, called: `Ytre Solvik skole ${n}` },
});
const school = {
  initialState: () => ({ called: null, events: 0 }),
  evolve: (state, event) => ({ called: event.data.called, events: state.events + 1 }),
};
const append = (tenant) => {
  const organisation = randomUUID();
  return store.appendToStream(`school${tenant}-${organisation}`, [registered(organisation)], {
    expectedStreamVersion: STREAM_DOES_NOT_EXIST,
  });
};
const fill = async (events) => {
  const organisation = randomUUID();
  const stream = `school0-${organisation}`;
  const all = [registered(organisation)];
  for (let n = 1; n < events; n += 1) all.push(renamed(organisation, n));
  await store.appendToStream(stream, all, { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
  return stream;
};
const middle = (times, part) => {
  times.sort((a, b) => a - b);
  return times[Math.min(Math.floor(times.length * part), times.length - 1)] ?? 0;
};
/** Hands on every event; `wanted` ends it, or the time. */
const following = async (id, hand, ends, pulling) => {
  const consumer = postgreSQLEventStoreConsumer({ connectionString: url, pulling });
  consumer.reactor({
    processorId: id,
    eachMessage: (message) => {
      hand(message);
    },
  });
  const running = consumer.start();
  await ends();
  await consumer.close();
  await running.catch(() => {});
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const jobs = {
  async setup() {
    await append(0);
    return {};
  },
  async append({ writers, tenants, warm_up, measured }) {
    const from = performance.now() + warm_up;
    const until = from + measured;
    const times = [];
    let appended = 0;
    const write = async (writer) => {
      while (performance.now() < until) {
        const began = performance.now();
        await append(writer % tenants);
        appended += 1;
        if (began >= from) times.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    return {
      per_s: times.length / (measured / 1000),
      p50_ms: middle(times, 0.5),
      p99_ms: middle(times, 0.99),
      appended,
    };
  },
  async load({ events, times }) {
    const stream = await fill(events);
    const took = [];
    for (let n = 0; n < times; n += 1) {
      const began = performance.now();
      const { state } = await store.aggregateStream(stream, school);
      took.push(performance.now() - began);
      if (state.events !== events) throw new Error(`${state.events} of ${events} events were loaded`);
    }
    return { p50_ms: middle(took, 0.5) };
  },
  async fill({ events, chunk }) {
    for (let n = 0; n < events; n += chunk) await fill(chunk);
    return {};
  },
  async rebuild({ events }) {
    const counts = new Map();
    let handed = 0;
    const began = performance.now();
    await following(
      `rebuild-${randomUUID()}`,
      (message) => {
        const id = message.data.organisation;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        handed += 1;
      },
      async () => {
        while (handed < events && performance.now() - began < 120_000) await sleep(5);
      },
      // Its defaults, 100 messages and then 50 ms of sleep, are for following, not for a rebuild.
      { batchSize: 1000, pullingFrequencyInMs: 1 },
    );
    return { events: handed, seconds: (performance.now() - began) / 1000 };
  },
  async torture({ writers, measured }) {
    const handed = [];
    let writing = true;
    await following(
      `torture-${randomUUID()}`,
      (message) => {
        const { globalPosition, streamPosition, streamName } = message.metadata;
        handed.push([Number(globalPosition), streamName, Number(streamPosition)]);
      },
      async () => {
        const until = performance.now() + measured;
        const write = async () => {
          while (performance.now() < until) await append(0);
        };
        await Promise.all(Array.from({ length: writers }, write));
        writing = false;
        // Time to catch up: until nothing has come for two seconds.
        for (let before = -1; before !== handed.length; ) {
          before = handed.length;
          await sleep(2000);
        }
      },
    );
    return { handed, writing };
  },
  async log() {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      'SELECT global_position, stream_id, stream_position FROM emt_messages ORDER BY global_position',
    );
    await client.end();
    return { log: rows.map((row) => [Number(row.global_position), row.stream_id, Number(row.stream_position)]) };
  },
};

const answer = await jobs[what](given);
process.stdout.write(JSON.stringify(answer) + '\n', () => process.exit(0));
