/** Bugs in the handling of damage. */
import type { Plant } from './plant.js';

/** A damaged segment is deleted, so that the node can go on. */
export const deleteTheDamaged: Plant = {
  name: 'delete what is damaged',
  foundWithin: 10,
  store: (store, machine) => {
    const quarantine = store.quarantineFrom.bind(store);
    store.quarantineFrom = async (index) => {
      await quarantine(index);
      const { files } = machine.disk;
      for (const path of files.durableNames()) {
        if (!path.startsWith(`${machine.directory}/quarantine/`)) continue;
        files.contentOf(path).fill(0);
        files.durableContentOf(path)?.fill(0);
      }
    };
    return store;
  },
};
