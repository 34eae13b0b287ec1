// Usage: node mqtt-js-session-node.mjs URL PROTOCOL_VERSION TOPIC
import mqtt from 'mqtt';
import { session } from './mqtt-js-session.mjs';

const [url, protocolVersion, topic] = process.argv.slice(2);
try {
  console.log((await session(mqtt, url, Number(protocolVersion), topic)).join('\n'));
  process.exit(0);
} catch (error) {
  console.log('failed: ' + error.message);
  process.exit(1);
}
