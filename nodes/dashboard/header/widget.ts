import "../look/look.ts";

export { default as RungHeader } from "./PageHeader.vue";
