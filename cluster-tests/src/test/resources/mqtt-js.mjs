// One round trip with MQTT.js, told line by line on standard output.
// Usage: node mqtt-js.mjs URL PROTOCOL_VERSION TOPIC
import mqtt from 'mqtt';

const [url, protocolVersion, topic] = process.argv.slice(2);
const options = { protocolVersion: Number(protocolVersion), reconnectPeriod: 0 };

const limit = setTimeout(() => fail('no end after 15 s'), 15000);

function fail(reason) {
  console.log('failed: ' + reason);
  process.exit(1);
}

/** Subscribes with QoS 1 and tells each message; resolves when `count` have come. */
async function receive(client, count, publish) {
  let left = count;
  const all = new Promise(resolve => {
    client.on('message', (from, payload, packet) => {
      console.log(`${packet.retain ? 'retained' : 'live'} ${from} q${packet.qos} ${payload}`);
      if (--left === 0) resolve();
    });
  });
  const [grant] = await client.subscribeAsync(topic, { qos: 1 });
  await publish();
  await all;
  console.log('granted ' + grant.qos);
}

try {
  const first = await mqtt.connectAsync(url, options);
  console.log('connected');
  await receive(first, 2, async () => {
    await first.publishAsync(topic, '{"n":1}', { qos: 1, retain: true });
    await first.publishAsync(topic, 'message ü', { qos: 0 });
  });
  await first.endAsync();

  const later = await mqtt.connectAsync(url, options);
  await receive(later, 1, async () => {});
  await later.endAsync();
  clearTimeout(limit);
} catch (error) {
  fail(error.message);
}
