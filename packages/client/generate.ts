import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

/** `schema.ts`: the types of every path, request and answer, made of the OpenAPI document. */
export async function clientSchema(document: object): Promise<string> {
  // `$ref`s and the rest were made by the server from its own schemas; the generator checks the document itself.
  const nodes = await openapiTS(document as OpenAPI3, {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    silent: true,
  });
  return `/** Generated from docs/openapi.json by scripts/generate-docs.ts; \`npm run check\` compares it. */\n\n${astToString(nodes)}`;
}
