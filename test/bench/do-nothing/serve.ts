import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DoNothingController } from './do-nothing-controller.ts';

/** Nest on Fastify as they come: no guard, no pipe, no filter of ours. */
class DoNothingModule {}
Module({ controllers: [DoNothingController] })(DoNothingModule);

const app = await NestFactory.create<NestFastifyApplication>(DoNothingModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`ready on ${await app.getUrl()}\n`);
process.once('SIGTERM', () => void app.close());
