import { ApiProperty } from '@nestjs/swagger';
import { PROBLEM_STATUS } from '@weir/domain';
import type { ProblemCode } from '@weir/domain';

export class InputProblemDto {
  @ApiProperty({ example: 'acks.3.epoch', description: 'Path of the field, or `line 12`.' })
  path!: string;

  @ApiProperty({ example: 'must not be less than 0' })
  message!: string;
}

/** Every error, as application/problem+json. */
export class ProblemDto {
  @ApiProperty({ example: 'urn:weir:problem:invalid-input' })
  type!: string;

  @ApiProperty({ example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status!: number;

  @ApiProperty({ example: 'the request has 1 problem' })
  detail!: string;

  @ApiProperty({ enum: Object.keys(PROBLEM_STATUS), example: 'INVALID_INPUT' })
  code!: ProblemCode;

  @ApiProperty({
    type: [InputProblemDto],
    required: false,
    description: 'Every problem of the input, not the first one only.',
  })
  errors?: InputProblemDto[];
}
