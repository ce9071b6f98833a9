const async = require("async");
const Bluebird = require("bluebird");
const DataLoader = require("dataloader");
const { flow, getRunLogger, task } = require("orch");

const double = task(async function double(n) {
  return n * 2;
});

/** Each of the three calls the task from a place of its own: its runs belong to the flow's run all the same. */
exports.example = flow(async function example(numbers = [1, 2]) {
  const mapped = await Bluebird.map(numbers, (n) => double(n), { concurrency: 1 });
  const limited = await async.mapLimit(numbers, 1, async (n) => double(n));
  const loader = new DataLoader((keys) => Promise.all(keys.map((n) => double(n))));
  const loaded = await loader.loadMany(numbers);
  getRunLogger().info([mapped, limited, loaded].join("; "));
});
