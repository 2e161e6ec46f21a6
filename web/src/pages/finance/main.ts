import '../../ui/office/finance'
