import "../look/look.ts";

export { default as RungWhatif } from "./WhatIfScreen.vue";
