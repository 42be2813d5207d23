/* Classifies through the real Node.js client; what it got goes to standard output as JSON.
 *
 *   node classify.js MODEL.eim auto|always|never < features.json
 *
 * features.json: a list of inputs. After the first, the threshold is set to 0.5.
 */
"use strict";

const fs = require("fs");
const { LinuxImpulseRunner } = require("edge-impulse-linux");

async function refused(request) {
  try {
    await request;
    return null;
  } catch (error) {
    return error.message;
  }
}

async function main() {
  const [model, shmBehavior] = process.argv.slice(2);
  const inputs = JSON.parse(fs.readFileSync(0, "utf-8"));
  const runner = new LinuxImpulseRunner(model, { shmBehavior });
  const hello = await runner.init();
  const first = await runner.classify(inputs[0]);
  const threshold = hello.modelParameters.thresholds[0];
  const setThreshold = await runner.setLearnBlockThreshold({ id: threshold.id, min_score: 0.5 });
  const results = [];
  for (const input of inputs) {
    results.push(await runner.classify(input));
  }
  const errors = [
    await refused(runner.classify([1, 2, 3])),
    await refused(runner.classifyContinuous([1, 2, 3])),
  ];
  await runner.stop();
  process.stdout.write(JSON.stringify({ hello, first, setThreshold, results, errors }));
  process.exit(0); /* the client's time-outs would keep the process for a minute */
}

main().catch((error) => {
  process.stderr.write(String(error.stack || error) + "\n");
  process.exit(1);
});
