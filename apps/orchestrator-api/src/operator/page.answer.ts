import { applyDecorators } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents an answer that is one page of `Item`. */
export function ApiPage(Item: Type<unknown>, description: string) {
  return applyDecorators(
    ApiExtraModels(Item),
    ApiOkResponse({
      description,
      schema: {
        type: 'object',
        required: ['items', 'next'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(Item) } },
          next: {
            type: 'string',
            nullable: true,
            description: 'Send it as `after` to get the next page; null at the end.',
          },
        },
      },
    }),
  );
}
