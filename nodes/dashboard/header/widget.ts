import "../look/font.ts";

export { default as RungHeader } from "./PageHeader.vue";
