// Which texts there are, for TypeScript: one file a page in each language; English says what the keys are.
// SPDX-License-Identifier: Apache-2.0
import type actions from './en/actions.json';
import type categories from './en/categories.json';
import type commands from './en/commands.json';
import type common from './en/common.json';
import type devices from './en/devices.json';
import type event from './en/event.json';
import type first_run from './en/first_run.json';
import type forms from './en/forms.json';
import type godview from './en/godview.json';
import type join from './en/join.json';
import type now from './en/now.json';
import type policy from './en/policy.json';
import type routers from './en/routers.json';
import type rules from './en/rules.json';
import type settings from './en/settings.json';
import type show from './en/show.json';
import type sign_in from './en/sign_in.json';
import type traffic from './en/traffic.json';

export interface Texts {
  actions: typeof actions;
  categories: typeof categories;
  commands: typeof commands;
  common: typeof common;
  devices: typeof devices;
  event: typeof event;
  first_run: typeof first_run;
  forms: typeof forms;
  godview: typeof godview;
  join: typeof join;
  now: typeof now;
  policy: typeof policy;
  routers: typeof routers;
  rules: typeof rules;
  settings: typeof settings;
  show: typeof show;
  sign_in: typeof sign_in;
  traffic: typeof traffic;
}
