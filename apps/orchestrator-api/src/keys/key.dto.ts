import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import type { KeyView } from '@weir/database';
import { NAME_PATTERN, ROLES, SERVER_ID_PATTERN, SERVER_ID_PATTERNS_MAX } from '@weir/domain';
import type { Role } from '@weir/domain';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional } from 'class-validator';
import { Length, Matches } from 'class-validator';

export class NewKeyDto {
  @ApiProperty({ description: 'Whom it is for.', maxLength: 128, example: 'grafana' })
  @Matches(/^[^\p{Cc}]*$/u, { message: 'name must not hold control characters' })
  @Length(1, 128)
  name!: string;

  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ description: 'The one fleet it is good for.', example: 'default' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'fleet must be 1 to 128 letters, digits, ., _ or -' })
  fleet?: string;

  @ApiPropertyOptional({
    type: [String],
    description:
      'Role `instance`: the serverIds it may act for; `edge-*` means all that begin with `edge-`.',
    example: ['edge-*'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SERVER_ID_PATTERNS_MAX)
  @Matches(SERVER_ID_PATTERN, {
    each: true,
    message: 'each of serverIds must be a serverId, or the beginning of one and *',
  })
  serverIds?: string[];
}

export class KeyDto implements KeyView {
  @ApiProperty({ example: '3' })
  keyId!: string;

  @ApiProperty({ example: 'grafana' })
  name!: string;

  @ApiProperty({ enum: ROLES })
  role!: Role;

  @ApiProperty({ type: String, nullable: true, description: 'Null: good for every fleet.' })
  fleet!: string | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Null: good for every serverId.' })
  serverIds!: string[] | null;

  @ApiProperty({ description: 'The part of the key that is no secret.', example: '3f9a0c41d2b7' })
  prefix!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastUsedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt!: string | null;
}

export class IssuedKeyDto extends OmitType(KeyDto, ['lastUsedAt', 'revokedAt']) {
  @ApiProperty({ description: 'The key itself. It is shown this once.' })
  key!: string;
}
