export { default as RungHeader } from "./PageHeader.vue";
