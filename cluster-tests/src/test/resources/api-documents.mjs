// Usage: node api-documents.mjs NODE_URL
// Validates what a node tells of its interface, then calls it as the OpenAPI document says: each
// answer has to be one that the document tells, of a schema that it tells.
import SwaggerParser from '@apidevtools/swagger-parser';
import { Parser } from '@asyncapi/parser';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { OpenAPIClientAxios } from 'openapi-client-axios';

const url = process.argv[2];

async function document(path) {
  const response = await fetch(url + path);
  return response.json();
}

async function validateOpenApi(openapi) {
  await SwaggerParser.validate(structuredClone(openapi));
  console.log('OpenAPI ' + openapi.openapi + ' is valid');
}

async function validateAsyncApi(asyncapi) {
  const { diagnostics } = await new Parser().parse(JSON.stringify(asyncapi));
  const faults = diagnostics.filter(found => found.severity === 0);
  faults.forEach(fault => console.log(`${fault.path.join('/')}: ${fault.message}`));
  if (faults.length > 0) throw new Error('AsyncAPI is not valid');
  console.log('AsyncAPI ' + asyncapi.asyncapi + ' is valid');
}

/** A client that is made of the document alone, and holds each answer against it. */
class Client {
  constructor(openapi) {
    this.openapi = openapi;
    this.api = new OpenAPIClientAxios({
      definition: openapi,
      axiosConfigDefaults: { baseURL: url, validateStatus: () => true },
    });
    this.schemas = new Ajv2020({ strict: false });
    addFormats(this.schemas);
    this.schemas.addSchema(openapi, 'document');
  }

  async call(operation, status, parameters, content, config) {
    const axios = await this.api.getClient();
    const answer = await axios[operation](parameters, content, config);
    if (answer.status !== status) {
      throw new Error(`${operation}: ${answer.status} ${JSON.stringify(answer.data)}`);
    }
    this.check(operation, answer);
    return answer;
  }

  check(operation, answer) {
    const told = this.response(operation, answer.status);
    const type = answer.headers['content-type'];
    if (type === undefined || answer.request.method === 'HEAD') return;
    const content = told.content?.[type];
    if (content === undefined) throw new Error(`${operation}: ${answer.status} as ${type}`);
    const schema = this.rebased(content.schema);
    if (!this.schemas.validate(schema, answer.data)) {
      throw new Error(`${operation}: ${this.schemas.errorsText()}: ${JSON.stringify(answer.data)}`);
    }
  }

  response(operation, status) {
    const responses = this.api.getOperation(operation).responses;
    const told = responses[status] ?? responses.default;
    const component = told.$ref?.split('/').at(-1);
    return component === undefined ? told : this.openapi.components.responses[component];
  }

  /** A schema by itself refers to others in the document. */
  rebased(schema) {
    return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
  }
}

async function callAsDocumented(client) {
  const id = 'hall/7';
  const row = { temperature: 21.5, location: 'hall', tags: ['a'] };
  await client.call('describe_Sensors', 200);
  const created = await client.call('put_Sensors', 201, { id }, row);
  await client.call('put_Sensors', 204, { id }, row);
  await client.call('put_Sensors', 412, { id, 'If-Match': created.headers.etag }, row);
  await client.call('put_Sensors', 422, { id }, { temperature: 'warm', tags: ['a'] });
  await client.call('put_Sensors', 400, { id, 'If-Match': 'no tag' }, row);
  await client.call('patch_Sensors', 204, { id }, { temperature: { __op__: 'add', value: 2 } });
  await client.call('patch_Sensors', 404, { id: 'none' }, { temperature: 1 });
  const read = await client.call('read_Sensors', 200, { id });
  console.log(`read ${read.data.id} ${read.data.temperature} ${read.data.location}`);
  await client.call('read_Sensors', 304, { id, 'If-None-Match': read.headers.etag });
  await client.call('read_Sensors', 404, { id: 'none' });
  await client.call('read_Sensors', 406, { id }, null, { headers: { Accept: 'image/png' } });
  await client.call('head_read_Sensors', 200, { id });
  const attribute = await client.call('attribute_Sensors', 200, { id, attribute: 'temperature' });
  console.log('attribute ' + attribute.data);
  await client.call('message_Sensors', 202, { id }, { note: 'hi' });
  const added = await client.call('add_Sensors', 201, null, { tags: [] });
  await client.call('add_Sensors', 409, null, { id, tags: [] });
  await client.call('put_all_Sensors', 204, null, [{ ...row, id: 'hall/8' }]);
  await client.call('put_all_Sensors', 422, null, [{ id: 'x' }, { id: 'y', tags: 1 }]);
  const list = await client.call('below_Sensors', 200, { prefix: 'hall' });
  console.log('below hall: ' + list.data.map(each => each.id).join(' '));
  await client.call('list_Sensors', 200);
  const warm = await client.call('list_Sensors', 200, { temperature: '23.5' });
  console.log('warm: ' + warm.data.map(each => each.id).join(' '));
  await client.call('list_Sensors', 200, { location: 'hall', explain: true });
  await client.call('list_Sensors', 400, { temperature: 'warm' });
  const history = await client.call('read_Sensors', 200, { id, history: true, limit: 2 });
  console.log('history ' + history.data.map(each => each.type).join(' '));
  await client.call('delete_Sensors', 204, { id: added.data });
  await client.call('delete_Sensors', 404, { id: added.data });
  const deleted = await client.call('delete_below_Sensors', 200, { prefix: 'hall', tags: 'a' });
  console.log('deleted ' + deleted.data.deleted);
  await client.call('delete_all_Sensors', 400);
  await client.call('put_topics', 201, { id: 'any/topic' }, [1, 2]);
  await client.call('read_topics', 200, { id: 'any/topic' });
  await client.call('list_topics', 200);
}

try {
  const openapi = await document('/openapi.json');
  await validateOpenApi(openapi);
  await validateAsyncApi(await document('/asyncapi.json'));
  await callAsDocumented(new Client(openapi));
} catch (error) {
  console.log('failed: ' + error.message);
  process.exitCode = 1;
}
