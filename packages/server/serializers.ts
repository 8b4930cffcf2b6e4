import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type SerializerFactory = ReturnType<typeof SerializerSelector>;

/**
 * Fastify's serializers, each compiled when its first answer is sent. Compiling one reads all named schemas anew: done
 * for all routes at the start, it took four fifths of it.
 */
export function lazySerializers(): SerializerFactory {
  const factory = SerializerSelector();
  return (schemas, options) => {
    const compile = factory(schemas, options);
    return definition => {
      let serialize: ReturnType<typeof compile> | undefined;
      return document => {
        serialize ??= compile(definition);
        return serialize(document);
      };
    };
  };
}
