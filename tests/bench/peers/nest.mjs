// NestJS with Apollo, as its documentation sets it up, schema first; usage: node nest.mjs PORT
// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata'
import { ApolloDriver } from '@nestjs/apollo'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Args, GraphQLModule, Query, Resolver } from '@nestjs/graphql'

import { devices, typeDefs } from './data.mjs'

/** Decorators by hand: this file needs no compiler. */
function decorate(type, method, ...decorators) {
    for (const apply of decorators) apply(type.prototype, method, Object.getOwnPropertyDescriptor(type.prototype, method))
}

class DeviceResolver {
    hello() {
        return 'world'
    }
    devices(first) {
        return devices.slice(0, first)
    }
}
decorate(DeviceResolver, 'hello', Query('hello'))
Args('first')(DeviceResolver.prototype, 'devices', 0)
decorate(DeviceResolver, 'devices', Query('devices'))
Resolver()(DeviceResolver)

class AppModule {}
Module({
    imports: [GraphQLModule.forRoot({ driver: ApolloDriver, typeDefs: typeDefs.replace(/type Subscription[^}]*}/, ''), introspection: false, playground: false })],
    providers: [DeviceResolver]
})(AppModule)

const app = await NestFactory.create(AppModule, { logger: ['error'] })
await app.listen(Number(process.argv[2]), '127.0.0.1')
console.log('ready')
