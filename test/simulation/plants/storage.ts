/** Bugs in what a node keeps on disk. */
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { Plant } from './plant.js';

/** Reports every appended record as durable. */
export const acknowledgeBeforeSync: Plant = {
  name: 'acknowledge before the sync',
  foundWithin: 10,
  store: (store) => {
    const listeners = new Set<Parameters<LogStore['onDurable']>[0]>();
    const append = store.append.bind(store);
    return Object.defineProperties(store, {
      durable: { get: () => store.last },
      whenDurable: { value: () => Promise.resolve() },
      onDurable: {
        value: (listener: Parameters<LogStore['onDurable']>[0]) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      append: {
        writable: true,
        value: (block: Buffer) => {
          append(block);
          queueMicrotask(() => listeners.forEach((listener) => listener(store.last)));
        },
      },
    });
  },
};

/** A vote is kept in memory and not on disk. */
export const forgetVote: Plant = {
  name: 'forget a vote',
  foundWithin: 10,
  state: (state) => {
    const save = state.save.bind(state);
    let vote = state.current.promised;
    return {
      get current() {
        return { ...state.current, promised: vote };
      },
      save: async ({ promised, ...rest }) => {
        if (Object.keys(rest).length > 0) await save(rest);
        if (promised !== undefined) vote = promised;
      },
      close: () => state.close(),
    };
  },
};

/** Records cut from the log are not kept as orphans. */
export const cutWithoutOrphans: Plant = {
  name: 'cut without keeping orphans',
  foundWithin: 20,
  steps: 3_000,
  store: (store, machine) => {
    const setAside = store.setAsideAfter.bind(store);
    store.setAsideAfter = async (index, reason) => {
      const set = await setAside(index, reason);
      if (set === null) return null;
      const { files } = machine.disk;
      const path = `${machine.directory}/orphans/${set.id}.log`;
      files.contentOf(path).fill(0);
      files.durableContentOf(path)?.fill(0);
      return set;
    };
    return store;
  },
};

/** A longer list of messages misses one in the middle. */
export const serveGap: Plant = {
  name: 'serve a gap',
  foundWithin: 10,
  door: ({ reader }) => {
    const read = reader.read.bind(reader);
    reader.read = async function* (query, signal) {
      for await (const piece of read(query, signal)) {
        const lines = piece.toString().split('\n');
        yield Buffer.from(lines.filter((_, place) => lines.length < 8 || place !== 3).join('\n'));
      }
    };
  },
};

/** The message index is off by one: a resumed read starts one message too late. */
export const resumeFromWrongIndex: Plant = {
  name: 'resume from the wrong index',
  foundWithin: 10,
  store: (store) => {
    const indexOf = store.indexOf.bind(store);
    store.indexOf = async (seq) => {
      const index = await indexOf(seq);
      return index === null || index >= store.last.index ? index : index + 1;
    };
    return store;
  },
};

/** A record gets the time of the wall clock, wherever that has jumped to. */
export const timeOfTheWall: Plant = {
  name: 'write the time of the wall clock',
  foundWithin: 20,
  story: 'clock jumps',
  showsIn: 'all phases',
  master: ({ node }) => {
    node.times.at = (wallMs) => wallMs;
  },
};

/** The store fails for good where something is lacking for a while. */
export const lackIsFinal: Plant = {
  name: 'take a lack for a broken disk',
  foundWithin: 30,
  store: (store) => {
    const listeners = new Set<Parameters<LogStore['onFailure']>[0]>();
    const onFailure = store.onFailure.bind(store);
    const makeRoom = store.makeRoom.bind(store);
    store.onFailure = (listener) => {
      listeners.add(listener);
      return onFailure(listener);
    };
    store.makeRoom = (bytes) =>
      makeRoom(bytes).catch((error: Error) => {
        for (const listener of listeners) listener(error);
        throw error;
      });
    return store;
  },
};
