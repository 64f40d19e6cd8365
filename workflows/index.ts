export { bulk } from './bulk';
export { enrollment } from './enrollment';
