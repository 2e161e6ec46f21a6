export { Follow } from './follow'
export * from './format'
export { type Language, language, languages, onLanguage, setLanguage } from './language'
export { type Catalogue, type Translation, words } from './words'
