// What MQTT.js sees of a durable session, as lines; the same in Node.js and in a web page.

/** Connects; hands each message to `tell` as a line, from the first on. */
async function connect(mqtt, url, options, tell, connected = () => {}) {
  const client = mqtt.connect(url, { reconnectPeriod: 0, clean: false, ...options });
  client.on('message', (topic, payload, packet) => {
    const properties = Object.entries({ ...packet.properties?.userProperties });
    tell([
      packet.retain ? 'retained' : 'live',
      topic.substring(topic.lastIndexOf('/') + 1),
      `q${packet.qos}`,
      payload.toString(),
      ...properties.map(([key, value]) => `${key}=${value}`),
    ].join(' '));
  });
  // MQTT.js tells of the connection later than of messages that come right behind the CONNACK.
  client.on('packetreceive', packet => packet.cmd === 'connack' && connected(packet));
  return new Promise((resolve, reject) => {
    client.on('connect', () => resolve(client));
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed before CONNACK')));
  });
}

/** Resolves when `lines` has so many; rejects with them after a while. */
function arrival(lines, count) {
  return new Promise((resolve, reject) => {
    const limit = Date.now() + 15000;
    (function look() {
      if (lines.length >= count) resolve();
      else if (Date.now() > limit) reject(new Error('came: ' + lines.join('; ')));
      else setTimeout(look, 20);
    })();
  });
}

export async function session(mqtt, url, protocolVersion, topic) {
  const isNew = protocolVersion === 5;
  const lasting = isNew ? { properties: { sessionExpiryInterval: 60 } } : {};
  const told = isNew ? { properties: { userProperties: { of: 'mqtt-js' } } } : {};
  const lines = [];
  const tell = line => lines.push(line);
  const id = topic.replaceAll('/', '-');
  const durable = { protocolVersion, clientId: id + '-durable', ...lasting };
  const will = { topic: topic + '/will', payload: 'gone', qos: 2, retain: false };

  const connected = connack => lines.push('session ' + connack.sessionPresent);

  const first = await connect(mqtt, url, durable, tell, connected);
  await first.subscribeAsync(topic + '/#', { qos: 2 });
  for (const qos of [0, 1, 2]) {
    await first.publishAsync(`${topic}/${qos}`, 'both ways', { qos, ...told });
  }
  await arrival(lines, 4);
  await first.endAsync();

  const other =
    await connect(mqtt, url, { protocolVersion, clientId: id + '-other', will, clean: true }, tell);
  await other.publishAsync(topic + '/away', 'one', { qos: 1, ...told });
  await other.publishAsync(topic + '/away', 'two', { qos: 2 });
  await other.publishAsync(topic + '/kept', 'three', { qos: 2, retain: true });

  const again =
    await connect(mqtt, url, durable, line => lines.push('back ' + line), connected);
  await arrival(lines, 8);
  await again.subscribeAsync(topic + '/kept', { qos: 1 });
  await arrival(lines, 9);
  other.stream.destroy(); // without a DISCONNECT
  await arrival(lines, 10);
  await again.endAsync();
  return lines;
}
