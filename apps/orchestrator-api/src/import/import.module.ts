import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpServer } from '../http/fastify.types';
import { takeImportBodies } from './import.body';
import { ImportController } from './import.controller';
import { ImportService } from './import.service';

@Module({ controllers: [ImportController], providers: [ImportService] })
export class ImportModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    takeImportBodies(this.host.httpAdapter.getInstance<HttpServer>());
  }
}
