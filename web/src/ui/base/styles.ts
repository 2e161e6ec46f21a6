// Styles that elements share: `static styles = [base, controls, surfaces, css`…`]`.
// Buttons and fields stay native elements with a class, so that forms, labels and focus work as everywhere.
export { base } from './styles/base'
export { controls } from './styles/controls'
export { stage } from './styles/stage'
export { surfaces } from './styles/surfaces'
export { table } from './styles/table'
