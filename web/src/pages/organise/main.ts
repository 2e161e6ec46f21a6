import '../../ui/office/organise'
