import '../../ui/office/landing'
